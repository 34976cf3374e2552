"""The keys of the standard machine's circuits: what a verifier of folded proofs trusts.

Written by `python -m recursion.keys.pin`; `quire keys --check` computes them again.
"""

from __future__ import annotations

SHARD_BITS = 128.06012480528784
"""The security of the weakest shard that a lift verifies, in bits."""

KEYS = {
    "lift-1-profile-0-height-13": "2882c3005ad279137d529bd625343f892d2971342be8e019594ca76275699595",
    "lift-1-profile-0-height-15": "63cbf2324e08431f5c0ace19565b938a7d5d507a4d78758e27fe7c545eb4b06c",
    "lift-1-profile-0-height-17": "1b24a4ab4025fb007e1f80fc294a73be07e937e40d5d6ab449d8373223fd6035",
    "lift-1-profile-0-height-19": "1df121790803c4225c2a2f9224a9305c749cf6ab75da6ab751708f5c455304c9",
    "lift-1-profile-1-height-13": "5d3a140a7b232f7d7680af547dce11a30dbb92770c54b06f6b5b8ca72ccce2d5",
    "lift-1-profile-1-height-15": "4faec6e02f4800eb082b59fa23f28410772f4fa07d2e970e4d231fe410c8db76",
    "lift-1-profile-1-height-17": "34087573023ee5fd1989a3ba27665da738eed8c35894b2a43b0537fa6e93f6f8",
    "lift-1-profile-1-height-19": "6543638a6e5e0c2f778fa3890039bf051eb2bd9f7b590c590efa0c4e3eae569f",
    "lift-1-profile-2-height-13": "4f0401eb5101a5f87e1caa2a25743e3c3089f1b124a034e77eaa6f6b510f0307",
    "lift-1-profile-2-height-15": "0e00bb14221892475755df7a28b4f08e3e0179fe447518e6153bbd433e9fae31",
    "lift-1-profile-2-height-17": "4c1537b36089feb53929e4034b6088530efa509f5a4346ae607398385f40eac8",
    "lift-1-profile-2-height-19": "35832da83f9106aa04235d594f4785596f51f9102c16df713160e2a661fd2898",
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
