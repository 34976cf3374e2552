"""The keys of the standard machine's circuits: what a verifier of folded proofs trusts.

Written by `python -m recursion.keys.pin`; `quire keys --check` computes them again.
"""

from __future__ import annotations

SHARD_BITS = 128.06012480528784
"""The security of the weakest shard that a lift verifies, in bits."""

SHRINK_ROOT = "1f1ecfc01f6596ea01b4646f7db14c1952f311b93d533b057ae965614600fc14"
SHRINK_TILES = (1, 1, 15, 3, 11, 87, 25, 4, 12, 3, 15, 129, 57, 9, 29, 20, 3)
"""The key of the shrink, which is not in the tree."""

KEYS = {
    "lift-1-profile-0-height-13": "4cf9ebf54ec6fa3347376e6347c70eb50a8d625052eb3134631f8f922ff5e93d",
    "lift-1-profile-0-height-15": "5df257f74d76934c6bceab774f5fbe560243dad57722ae8f19125c8a113806c3",
    "lift-1-profile-0-height-17": "2e43ad14205a8f661ebede7b098d703a21f5fd90748732e63c1388c04a783520",
    "lift-1-profile-0-height-19": "1d9ecca27efc37e071268ed1628f7512363fb57d064a6ea71d2d4d2e556adf76",
    "lift-1-profile-1-height-13": "37496c836a504dba77bd9f293f99510a772aa5f86ac3c5940dbfe6fb4d230280",
    "lift-1-profile-1-height-15": "7bb8a7ee2a045b6b6b1849441bd6f048053af5e84290cb0304e44f3f54dca8f4",
    "lift-1-profile-1-height-17": "26f692c97e1b522244f3babf7a894f8814c9033c7679783e50591ddb67596d8c",
    "lift-1-profile-1-height-19": "259136401baa37fd5685dc2e7386574b1fea301c085c79d235b80566771cc474",
    "lift-1-profile-2-height-13": "2ab5ea5f0a2320d73f6f030e766d976a55cb35d574e11cc14e5989da5c404f59",
    "lift-1-profile-2-height-15": "6590282130b6651556f2064c04eada3020dc8cc953048b986b20b43a5d4ab434",
    "lift-1-profile-2-height-17": "79ae3fda2b7615db21992177150c5ffd61d162db44eb5dd77d1eaa5b70a5dc52",
    "lift-1-profile-2-height-19": "0557551d3aea94155b726c102c60973a6d2474bb371af2fb7a40461d4da8237a",
    "lift-1-profile-3-height-13": "2e7b2967270ac3037d60e6ba443744eb49caaa275b27b70760db14d90921755a",
    "lift-1-profile-3-height-15": "3f1ac94115ab46535e27ab452dd77cc36e6e876b7434269d4bfd510c6c326e30",
    "lift-1-profile-3-height-17": "3cc2fa39159266210e509fe962984128464fb2bb3b2512c054b174857ec46e06",
    "lift-1-profile-3-height-19": "7c67a244534005512de98b990f3ffd1b64eaef6e2d6fb07a6752c7873b2e4bed",
    "lift-1-profile-4-height-13": "27584b12439a762a0c851fef167d3377175b6b011558d7bd3f5c473010f4fda5",
    "lift-1-profile-4-height-15": "69a5699c13c4be8425076b1632c79f441aa3ffe211288390525896d50a82814d",
    "lift-1-profile-4-height-17": "0400172a0614865b208279783c37935a337dc66848a4f2532319cb2d63426a2b",
    "lift-1-profile-4-height-19": "30c7b03a638ab0de0f761553206e97e14b317fcf6f03347f6b1ceaf949ed850d",
    "lift-2-profile-0-height-13": "0059cbed79ea6419263c420c1bcad13913c481e1378d285f2161e85a6d90b77b",
    "lift-2-profile-0-height-15": "345ffe48055439d40c536d283e24e1fc7694e619264944154de22dbe53cfe14b",
    "lift-2-profile-0-height-17": "12ba8b0e0930eaf7296347db34ab1f497d181fc1330a067322df284d2ed52f0a",
    "lift-2-profile-0-height-19": "07c234067403bd77566a13c7704413373bd7f5d30b876fdb5813a1e83072353f",
    "join": "36d312e411fb80f71abaf76b76df1dd145631f4d74ce560a6947f605647c29e8",
    "close": "1f5c21413e1b741c147dad44012839cf5cafc286501cf49f2e2094343dc010d9",
    "resolve": "6407d6695d70e02f6e7a8d46027499021d513deb02bc8b1c3596747b44ceb803",
    "batch": "557777995762b5193934e1bf271f3d1b6e56f34527ba68d20e3466e600175457",
}
"""By the circuit's name, in the order of the catalogue: digests, eight elements of eight hexadecimal digits."""
