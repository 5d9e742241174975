package id.ektp.interop;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import javax.smartcardio.CardTerminal;
import javax.smartcardio.TerminalFactory;
import net.sf.scuba.smartcards.CardServiceException;
import net.sf.scuba.smartcards.CommandAPDU;
import net.sf.scuba.smartcards.ResponseAPDU;
import net.sf.scuba.smartcards.TerminalCardService;
import org.jmrtd.BACKey;
import org.jmrtd.PACEKeySpec;
import org.jmrtd.PassportService;
import org.jmrtd.cert.CVCPrincipal;
import org.jmrtd.lds.CVCAFile;
import org.jmrtd.lds.CardAccessFile;
import org.jmrtd.lds.ChipAuthenticationInfo;
import org.jmrtd.lds.ChipAuthenticationPublicKeyInfo;
import org.jmrtd.lds.DisplayedImageInfo;
import org.jmrtd.lds.PACEInfo;
import org.jmrtd.lds.SecurityInfo;
import org.jmrtd.lds.icao.DG14File;
import org.jmrtd.lds.icao.DG15File;
import org.jmrtd.lds.icao.DG2File;
import org.jmrtd.lds.icao.DG3File;
import org.jmrtd.lds.icao.DG7File;
import org.jmrtd.lds.iso19794.FaceImageInfo;
import org.jmrtd.lds.iso19794.FaceInfo;
import org.jmrtd.lds.iso19794.FingerImageInfo;
import org.jmrtd.lds.iso19794.FingerInfo;
import org.jmrtd.protocol.AAResult;
import org.jmrtd.protocol.EACCAResult;
import org.jmrtd.protocol.PACEResult;
import org.jmrtd.protocol.ReadBinaryAPDUSender;

/** One card on one reader, driven by JMRTD as its users drive it. */
final class CardSession implements AutoCloseable {
  private static final byte[] NATIONAL_AID = {(byte) 0xF0, 0x45, 0x4B, 0x54, 0x50, 0x01};
  private static final int FINGERS_SFI = 1;
  private static final int COM_SFI = 0x1E;
  private static final int GENERAL_AUTHENTICATE = 0x86;
  private static final int PERFORM_SECURITY_OPERATION = 0x2A;
  private static final int READ_BINARY = 0xB0;
  /** Wrong password or signature (ISO/IEC 7816-4, 5.1.3). */
  private static final int NOT_AUTHENTICATED = 0x6300;
  /** Security status not satisfied. */
  private static final int NOT_SATISFIED = 0x6982;
  /** Bytes of one read: what a short protected answer holds, unless the JVM is told otherwise. */
  private static final int BLOCK = Integer.getInteger("ektp.block", 223);
  private static final int LONGEST = BLOCK > 223 ? 65_536 : 256;
  private static final Map<String, Short> FILES = new LinkedHashMap<>();

  static {
    FILES.put("EF.COM", PassportService.EF_COM);
    FILES.put("EF.SOD", PassportService.EF_SOD);
    FILES.put("DG1", PassportService.EF_DG1);
    FILES.put("DG14", PassportService.EF_DG14);
    FILES.put("DG15", PassportService.EF_DG15);
    FILES.put("DG12", PassportService.EF_DG12);
    FILES.put("DG11", PassportService.EF_DG11);
    FILES.put("DG13", PassportService.EF_DG13);
    FILES.put("DG7", PassportService.EF_DG7);
    FILES.put("DG2", PassportService.EF_DG2);
  }

  private final Report report;
  private final PassportService service;
  private final Map<String, byte[]> read = new LinkedHashMap<>();
  private final long began = System.nanoTime();
  private long apdus;
  /** Status word of the last answer, and instruction of its command. */
  private int status;
  private int instruction;
  private PACEResult pace;
  private EACCAResult chip;

  CardSession(String reader, Report report) throws Exception {
    this.report = report;
    CardTerminal terminal = null;
    for (CardTerminal candidate : TerminalFactory.getDefault().terminals().list()) {
      if (candidate.getName().equals(reader)) {
        terminal = candidate;
      }
    }
    if (terminal == null) {
      throw new IllegalStateException("no reader " + reader);
    }
    // JMRTD leaves a card as it is; the next client must not find the last one's application selected.
    terminal.connect("*").disconnect(true);
    service = new PassportService(counted(terminal), 256, LONGEST, BLOCK, true, true);
    service.open();
  }

  /** JMRTD tells its listeners of one command more than once; what goes to the reader is counted here. */
  private TerminalCardService counted(CardTerminal terminal) {
    return new TerminalCardService(terminal) {
      @Override
      public ResponseAPDU transmit(CommandAPDU command) throws CardServiceException {
        apdus++;
        ResponseAPDU answer = super.transmit(command);
        status = answer.getSW();
        instruction = command.getINS();
        return answer;
      }
    };
  }

  void pace(String can, String[] mrz) throws Exception {
    CardAccessFile access = new CardAccessFile(new ByteArrayInputStream(bytes(service.getInputStream(PassportService.EF_CARD_ACCESS, BLOCK))));
    PACEKeySpec key = can != null ? PACEKeySpec.createCANKey(can) : PACEKeySpec.createMRZKey(new BACKey(mrz[0], mrz[1], mrz[2]));
    for (SecurityInfo info : access.getSecurityInfos()) {
      if (info instanceof PACEInfo p) {
        pace = service.doPACE(key, p.getObjectIdentifier(), PACEInfo.toParameterSpec(p.getParameterId()), p.getParameterId());
        service.sendSelectApplet(true);
        report.pass("PACE");
        return;
      }
    }
    report.fail("PACE", "no PACEInfo");
  }

  /** A refusal counts only if the card gave it, to this command and with this status word; anything else that failed does not. */
  private void refusedAs(String check, int command, int word, Exception e) {
    boolean so = e instanceof CardServiceException && instruction == command && status == word;
    report.require(check, so, String.format("%02X answered %04X: %s", instruction, status, e));
  }

  void expectPaceRefused(String can) {
    try {
      pace(can, null);
      report.fail("wrong CAN refused", "accepted");
    } catch (Exception e) {
      refusedAs("wrong CAN refused", GENERAL_AUTHENTICATE, NOT_AUTHENTICATED, e);
    }
  }

  /** Reads every file and compares it with what the personalization wrote. */
  void readAll(Path dir) throws Exception {
    for (Map.Entry<String, Short> file : FILES.entrySet()) {
      Path written = dir.resolve("files/" + file.getKey() + ".bin");
      if (Files.exists(written)) {
        byte[] content = bytes(service.getInputStream(file.getValue(), BLOCK));
        read.put(file.getKey(), content);
        report.require("read " + file.getKey(), Arrays.equals(content, Files.readAllBytes(written)), "differs from what was written");
      }
    }
  }

  /** DG2 and DG7 by JMRTD's own parsers: one portrait and one signature; what is JPEG, the Java runtime decodes. */
  void pictures() throws Exception {
    List<FaceInfo> faces = new DG2File(new ByteArrayInputStream(read.get("DG2"))).getFaceInfos();
    report.require("one face", faces.size() == 1 && faces.get(0).getFaceImageInfos().size() == 1, faces.toString());
    FaceImageInfo face = faces.get(0).getFaceImageInfos().get(0);
    byte[] portrait = face.getImageInputStream().readAllBytes();
    int type = isJpeg(portrait) ? FaceImageInfo.IMAGE_DATA_TYPE_JPEG : FaceImageInfo.IMAGE_DATA_TYPE_JPEG2000;
    report.require("portrait's type", face.getImageDataType() == type, face.getMimeType());
    if (isJpeg(portrait)) {
      BufferedImage pixels = ImageIO.read(new ByteArrayInputStream(portrait));
      boolean same = pixels != null && pixels.getWidth() == face.getWidth() && pixels.getHeight() == face.getHeight();
      report.require("portrait decoded", same, face.toString());
    }
    List<DisplayedImageInfo> marks = new DG7File(new ByteArrayInputStream(read.get("DG7"))).getImages();
    report.require("one signature", marks.size() == 1, marks.toString());
    byte[] signature = marks.get(0).getImageInputStream().readAllBytes();
    if (isJpeg(signature)) {
      report.require("signature decoded", ImageIO.read(new ByteArrayInputStream(signature)) != null, "no picture");
    }
    report.number("portraitType", type);
  }

  private static boolean isJpeg(byte[] picture) {
    return picture.length > 2 && (picture[0] & 0xFF) == 0xFF && (picture[1] & 0xFF) == 0xD8;
  }

  void passiveAuthentication(Path csca) throws Exception {
    PassiveAuthentication.check(read, csca, report);
  }

  void activeAuthentication() throws Exception {
    if (!read.containsKey("DG15")) {
      return;
    }
    PublicKey key = new DG15File(new ByteArrayInputStream(read.get("DG15"))).getPublicKey();
    byte[] challenge = new byte[8];
    new SecureRandom().nextBytes(challenge);
    AAResult result = service.doAA(key, "SHA-256", "SHA256WithECDSA", challenge);
    Signature verifier = Signature.getInstance("SHA256WITHPLAIN-ECDSA", "BC");
    verifier.initVerify(key);
    verifier.update(challenge);
    report.require("Active Authentication", verifier.verify(result.getResponse()), "signature does not verify");
  }

  void chipAuthentication() throws Exception {
    byte[] content = read.containsKey("DG14") ? read.get("DG14") : bytes(service.getInputStream(PassportService.EF_DG14, BLOCK));
    DG14File dg14 = new DG14File(new ByteArrayInputStream(content));
    ChipAuthenticationInfo info = dg14.getChipAuthenticationInfos().get(0);
    ChipAuthenticationPublicKeyInfo key = dg14.getChipAuthenticationPublicKeyInfos().get(0);
    BigInteger keyId = key.getKeyId();
    chip = service.doEACCA(keyId, info.getObjectIdentifier(), key.getObjectIdentifier(), key.getSubjectPublicKey());
    // The proof is that the next protected answer verifies under the new keys.
    // JMRTD keeps what it has read, so this asks the card past its file system.
    long before = apdus;
    byte[] again = new ReadBinaryAPDUSender(service).sendReadBinary(service.getWrapper(), 0x80 | COM_SFI, 0, 2, true, false);
    report.require("Chip Authentication", apdus > before && again.length == 2 && again[0] == 0x60, Arrays.toString(again));
  }

  void terminalAuthentication(Path terminal) throws Exception {
    Terminal.load(terminal).authenticate(service, carReference(), chip, pace);
    report.pass("Terminal Authentication");
  }

  void expectTerminalRefused(Path terminal) throws Exception {
    try {
      Terminal.load(terminal).authenticate(service, carReference(), chip, pace);
      report.fail("expired terminal refused", "accepted");
    } catch (CardServiceException e) {
      refusedAs("expired terminal refused", PERFORM_SECURITY_OPERATION, NOT_AUTHENTICATED, e);
    }
  }

  private CVCPrincipal carReference() throws Exception {
    return new CVCAFile(new ByteArrayInputStream(bytes(service.getInputStream(PassportService.EF_CVCA, BLOCK)))).getCAReference();
  }

  /** DG3, where the card has one: JMRTD's own parser must find a print for each finger. LDS1 is selected. */
  void readPrints(Path written) throws Exception {
    if (!Files.exists(written)) {
      return;
    }
    byte[] content = bytes(service.getInputStream(PassportService.EF_DG3, BLOCK));
    report.require("read DG3", Arrays.equals(content, Files.readAllBytes(written)), "differs from what was written");
    read.put("DG3", content);
    int prints = 0;
    for (FingerInfo finger : new DG3File(new ByteArrayInputStream(content)).getFingerInfos()) {
      for (FingerImageInfo image : finger.getFingerImageInfos()) {
        report.require("print " + image.getPosition(), "image/jpeg2000".equals(image.getMimeType()) && image.getWidth() > 0, image.toString());
        prints++;
      }
    }
    report.number("prints", prints);
  }

  void expectPrintsRefused(Path written) {
    if (!Files.exists(written)) {
      return;
    }
    try {
      bytes(service.getInputStream(PassportService.EF_DG3, BLOCK));
      report.fail("DG3 closed without terminal authentication", "readable");
    } catch (Exception e) {
      refusedAs("DG3 closed without terminal authentication", READ_BINARY, NOT_SATISFIED, e);
    }
  }

  void readFingers(Path written) throws Exception {
    byte[] content = fingers();
    report.require("read EF.Fingers", Arrays.equals(content, Files.readAllBytes(written)), "differs from what was written");
    report.number("fingersBytes", content.length);
  }

  void expectFingersRefused() {
    try {
      fingers();
      report.fail("EF.Fingers closed without terminal authentication", "readable");
    } catch (Exception e) {
      refusedAs("EF.Fingers closed without terminal authentication", READ_BINARY, NOT_SATISFIED, e);
    }
  }

  /** By short file identifier, as its own file system reads every other file; the bytes ahead are what it does too. */
  private byte[] fingers() throws Exception {
    ReadBinaryAPDUSender sender = new ReadBinaryAPDUSender(service);
    sender.sendSelectApplet(service.getWrapper(), NATIONAL_AID);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] head = sender.sendReadBinary(service.getWrapper(), 0x80 | FINGERS_SFI, 0, 8, true, false);
    int total = announced(head);
    out.write(head, 0, Math.min(head.length, total));
    while (out.size() < total) {
      byte[] part = sender.sendReadBinary(service.getWrapper(), 0, out.size(), Math.min(BLOCK, total - out.size()), false, false);
      if (part == null || part.length == 0) {
        throw new IllegalStateException("file ends early");
      }
      out.write(part);
    }
    return out.toByteArray();
  }

  /** Length of 7F61 with its header. */
  private static int announced(byte[] head) {
    int first = head[2] & 0xFF;
    if (first < 0x80) {
      return 3 + first;
    }
    int count = first & 0x7F;
    int length = 0;
    for (int i = 0; i < count; i++) {
      length = length << 8 | head[3 + i] & 0xFF;
    }
    return 3 + count + length;
  }

  private static byte[] bytes(InputStream in) throws Exception {
    return in.readAllBytes();
  }

  static byte[] sha256(byte[] data) throws Exception {
    return MessageDigest.getInstance("SHA-256").digest(data);
  }

  @Override
  public void close() {
    report.number("apdus", apdus);
    report.number("milliseconds", (System.nanoTime() - began) / 1_000_000);
    report.number("bytesRead", read.values().stream().mapToLong(b -> b.length).sum());
    service.close();
  }
}
