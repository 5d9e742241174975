package id.ektp.interop.fingers;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.machinezoo.sourceafis.FingerprintImage;
import com.machinezoo.sourceafis.FingerprintImageOptions;
import com.machinezoo.sourceafis.FingerprintTemplate;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** Templates of SourceAFIS: from its own extractor, or from minutiae that another one found. */
final class Templates {
  private static final ObjectMapper CBOR = new ObjectMapper(new CBORFactory());
  private static final double DPI = 500;

  private Templates() {}

  /** The picture as its reader decodes the file: on grey PNG this bends the grey values by a gamma. */
  static FingerprintImage asFile(Path file) throws IOException {
    return new FingerprintImage(Files.readAllBytes(file), new FingerprintImageOptions().dpi(DPI));
  }

  /** The picture by its grey values as they stand in the file. */
  static FingerprintImage asPixels(Path file) throws IOException {
    Raster raster = ImageIO.read(file.toFile()).getRaster();
    int width = raster.getWidth();
    int height = raster.getHeight();
    byte[] grey = new byte[width * height];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        grey[y * width + x] = (byte) raster.getSample(x, y, 0);
      }
    }
    return new FingerprintImage(width, height, grey, new FingerprintImageOptions().dpi(DPI));
  }

  /**
   * A template of the lines x,y,angle,type,...: pixels at 500 dpi from the top left, degrees counter-clockwise, type 2 a bifurcation. SourceAFIS
   * keeps radians clockwise.
   */
  static FingerprintTemplate ofMinutiae(Path file) throws IOException {
    ObjectNode template = CBOR.createObjectNode();
    ArrayNode xs = CBOR.createArrayNode();
    ArrayNode ys = CBOR.createArrayNode();
    ArrayNode directions = CBOR.createArrayNode();
    StringBuilder types = new StringBuilder();
    int width = 1;
    int height = 1;
    for (String line : Files.readAllLines(file)) {
      String[] fields = line.split(",");
      int x = Integer.parseInt(fields[0]);
      int y = Integer.parseInt(fields[1]);
      float direction = (float) Math.toRadians((360 - Double.parseDouble(fields[2])) % 360);
      xs.add(x);
      ys.add(y);
      directions.add(direction >= 0 && direction < (float) (2 * Math.PI) ? direction : 0f);
      types.append(fields[3].equals("2") ? 'B' : 'E');
      width = Math.max(width, x + 1);
      height = Math.max(height, y + 1);
    }
    template.put("version", "3.18.1-java").put("width", width).put("height", height);
    template.set("positionsX", xs);
    template.set("positionsY", ys);
    template.set("directions", directions);
    template.put("types", types.toString());
    return new FingerprintTemplate(CBOR.writeValueAsBytes(template));
  }
}
