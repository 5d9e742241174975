package id.ektp.interop;

import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Map;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.jmrtd.lds.SODFile;

/** Passive authentication: EF.SOD's signature by BouncyCastle, its certificate up to our CSCA, every group against its hash. */
final class PassiveAuthentication {
  private PassiveAuthentication() {}

  static void check(Map<String, byte[]> files, Path csca, Report report) throws Exception {
    byte[] raw = files.get("EF.SOD");
    SODFile sod = new SODFile(new ByteArrayInputStream(raw));
    X509Certificate signer = sod.getDocSigningCertificate();
    CMSSignedData cms = new CMSSignedData(content(raw));
    SignerInformation info = cms.getSignerInfos().getSigners().iterator().next();
    boolean signed = info.verify(new JcaSimpleSignerInfoVerifierBuilder().setProvider("BC").build(signer));
    report.require("EF.SOD signature", signed, "does not verify");
    X509Certificate root = (X509Certificate) CertificateFactory.getInstance("X.509", "BC").generateCertificate(new ByteArrayInputStream(Files.readAllBytes(csca)));
    signer.verify(root.getPublicKey(), "BC");
    signer.checkValidity();
    report.pass("document signer chains to our CSCA");
    for (Map.Entry<Integer, byte[]> hash : sod.getDataGroupHashes().entrySet()) {
      byte[] group = files.get("DG" + hash.getKey());
      report.require("hash of DG" + hash.getKey(), group != null && Arrays.equals(CardSession.sha256(group), hash.getValue()), "differs or is missing");
    }
  }

  /** The content of tag 77. */
  private static byte[] content(byte[] sod) {
    int first = sod[1] & 0xFF;
    int header = first < 0x80 ? 2 : 2 + (first & 0x7F);
    return Arrays.copyOfRange(sod, header, sod.length);
  }
}
