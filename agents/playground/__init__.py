"""Models asked directly: what a person says and shows them, what they propose, and the same question as code.

Nothing of a conversation is kept here: chat lives in its page, and answers of the Responses API live in the service.
"""
