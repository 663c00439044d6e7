"""What keeps our rows true to upstream: `Fleet` follows the listings, `LeaseSweeper` ends abandoned leases, `Keeper`
keeps alive what is driven or held open, `Settler` tells the end of calls whose process died."""

from computers.fleet.keeper import Keeper
from computers.fleet.service import Fleet
from computers.fleet.settler import Settler
from computers.fleet.sweeper import LeaseSweeper

__all__ = ["Fleet", "Keeper", "LeaseSweeper", "Settler"]
