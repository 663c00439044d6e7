/** The pages of an account and of an invitation. */

import { wireFieldCopying } from "account/copying.js";
import { wirePasskeys } from "account/passkeys.js";

wireFieldCopying();
wirePasskeys();
