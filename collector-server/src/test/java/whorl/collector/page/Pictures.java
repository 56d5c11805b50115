package whorl.collector.page;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;

/**
 * Writes the pictures in {@code docs/page}, with {@code -Dwhorl.docs.write=true}: PNG files of at
 * most 256 colours, a third as large as Chromium's.
 */
final class Pictures {
  private static final Path FOLDER = Path.of("../docs/page");
  private static final int COLOURS = 256;

  private Pictures() {}

  static boolean areWritten() {
    return Boolean.getBoolean("whorl.docs.write");
  }

  /** Writes what the browser shows now, if pictures are wanted. */
  static void take(Browser browser, String name) throws IOException {
    if (areWritten()) {
      Files.createDirectories(FOLDER);
      BufferedImage shown = ImageIO.read(new ByteArrayInputStream(browser.picture()));
      ImageIO.write(indexed(shown), "png", FOLDER.resolve(name + ".png").toFile());
    }
  }

  private static BufferedImage indexed(BufferedImage shown) {
    int width = shown.getWidth();
    int height = shown.getHeight();
    int[] pixels = shown.getRGB(0, 0, width, height, null, 0, width);
    Map<Integer, Integer> counts = new HashMap<>();
    for (int pixel : pixels) {
      counts.merge(pixel & 0xffffff, 1, Integer::sum);
    }
    List<Integer> palette =
        counts.entrySet().stream()
            .sorted(Map.Entry.<Integer, Integer>comparingByValue().reversed())
            .limit(COLOURS)
            .map(Map.Entry::getKey)
            .toList();
    int[] colours = palette.stream().mapToInt(Integer::intValue).toArray();
    IndexColorModel model =
        new IndexColorModel(8, colours.length, colours, 0, false, -1, 0 /* bytes */);
    BufferedImage small = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_INDEXED, model);
    Map<Integer, Integer> nearest = new HashMap<>();
    byte[] indices = new byte[pixels.length];
    for (int i = 0; i < pixels.length; i++) {
      indices[i] =
          (byte) (int) nearest.computeIfAbsent(pixels[i] & 0xffffff, each -> near(colours, each));
    }
    small.getRaster().setDataElements(0, 0, width, height, indices);
    return small;
  }

  private static int near(int[] colours, int wanted) {
    int best = 0;
    int least = Integer.MAX_VALUE;
    for (int i = 0; i < colours.length; i++) {
      int red = (colours[i] >> 16 & 255) - (wanted >> 16 & 255);
      int green = (colours[i] >> 8 & 255) - (wanted >> 8 & 255);
      int blue = (colours[i] & 255) - (wanted & 255);
      int distance = red * red + green * green + blue * blue;
      if (distance < least) {
        least = distance;
        best = i;
      }
    }
    return best;
  }
}
