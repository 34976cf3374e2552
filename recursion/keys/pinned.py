"""The keys of the standard machine's circuits: what a verifier of folded proofs trusts.

Written by `python -m recursion.keys.pin`; `quire keys --check` computes them again.
"""

from __future__ import annotations

SHARD_BITS = 128.06012480528784
"""The security of the weakest shard that a lift verifies, in bits."""

SHRINK_ROOT = "70bedabe3f59d59e1e3a3212421f135d105c59642aa00e62320c0c543fc9f940"
SHRINK_TILES = (1, 1, 15, 3, 11, 84, 25, 6, 12, 3, 14, 129, 57, 9, 29, 20, 3)
"""The key of the shrink, which is not in the tree."""

KEYS = {
    "lift-1-profile-0-height-13": "2882c3005ad279137d529bd625343f892d2971342be8e019594ca76275699595",
    "lift-1-profile-0-height-15": "63cbf2324e08431f5c0ace19565b938a7d5d507a4d78758e27fe7c545eb4b06c",
    "lift-1-profile-0-height-17": "1b24a4ab4025fb007e1f80fc294a73be07e937e40d5d6ab449d8373223fd6035",
    "lift-1-profile-0-height-19": "1df121790803c4225c2a2f9224a9305c749cf6ab75da6ab751708f5c455304c9",
    "lift-1-profile-1-height-13": "5d3a140a7b232f7d7680af547dce11a30dbb92770c54b06f6b5b8ca72ccce2d5",
    "lift-1-profile-1-height-15": "4faec6e02f4800eb082b59fa23f28410772f4fa07d2e970e4d231fe410c8db76",
    "lift-1-profile-1-height-17": "34087573023ee5fd1989a3ba27665da738eed8c35894b2a43b0537fa6e93f6f8",
    "lift-1-profile-1-height-19": "6543638a6e5e0c2f778fa3890039bf051eb2bd9f7b590c590efa0c4e3eae569f",
    "lift-1-profile-2-height-13": "074bf7c8249f08b84c13a2bb69e206a337d6fb56580a9e7d08c0acb40225fe15",
    "lift-1-profile-2-height-15": "5268af4513b5379915461dc758a40b853670511014b8e39b74aeaf950b375609",
    "lift-1-profile-2-height-17": "12f3af484527e8d81dd111a7272f3bf013308a282e23b33b2ed82a153e0c5581",
    "lift-1-profile-2-height-19": "06ec73a33de2d60b4bbe66da0dbb56ee180b13e16f29ac7579b1cce5442987e5",
    "lift-2-profile-0-height-13": "5ecf1df57b82ec122f1d2eff1491926d5b44103f236dffd2270ba97877e6d429",
    "lift-2-profile-0-height-15": "075729687c4b40117e63462741fbff464562b291362bf0596c15dd270b348810",
    "lift-2-profile-0-height-17": "36e3c6d445a3884c73ef184c0e4dff0742b7d09760a332950fcbcf4e4042af88",
    "lift-2-profile-0-height-19": "1533a4013e1d841a5f0873af44e1e8062905c1cd6cc0e71468c4ef227e12795a",
    "join": "141830ab1979733d61689e063ea82df341d3ee8c71de87c42657dd290a4b90dc",
    "close": "4a44d7c84b4678c53df92e406f1c313c21b330cc7b149c273861690e061cba09",
    "resolve": "17399bce416ba7cf59a9969d7a77af136c8a32265b9df45047c49d210e208a4f",
    "batch": "3c160d7269f22aad73461529675ad3186eb9960c52255a804dc31918180100f5",
}
"""By the circuit's name, in the order of the catalogue: digests, eight elements of eight hexadecimal digits."""
