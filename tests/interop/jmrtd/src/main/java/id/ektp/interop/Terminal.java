package id.ektp.interop;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;
import org.jmrtd.PassportService;
import org.jmrtd.cert.CVCPrincipal;
import org.jmrtd.cert.CVCertificateFactorySpi;
import org.jmrtd.cert.CardVerifiableCertificate;
import org.jmrtd.protocol.EACCAResult;
import org.jmrtd.protocol.PACEResult;

/** An inspection system: DV and IS certificates and the IS key. */
record Terminal(List<CardVerifiableCertificate> chain, PrivateKey key) {
  static Terminal load(Path dir) throws Exception {
    byte[] pkcs8 = Files.readAllBytes(dir.resolve("is.pk8"));
    PrivateKey key = KeyFactory.getInstance("EC", "BC").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    return new Terminal(List.of(certificate(dir.resolve("dv.cvcert")), certificate(dir.resolve("is.cvcert"))), key);
  }

  private static CardVerifiableCertificate certificate(Path path) throws Exception {
    try (InputStream in = Files.newInputStream(path)) {
      return (CardVerifiableCertificate) new CVCertificateFactorySpi().engineGenerateCertificate(in);
    }
  }

  void authenticate(PassportService service, CVCPrincipal car, EACCAResult chip, PACEResult pace) throws Exception {
    service.doEACTA(car, chain, key, null, chip, pace);
  }
}
