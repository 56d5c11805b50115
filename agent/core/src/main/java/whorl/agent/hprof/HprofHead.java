package whorl.agent.hprof;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import whorl.agent.hprof.format.BigEndian;

/**
 * The head of a dump: {@code "JAVA PROFILE 1.0.2"}, a zero, bytes of an identifier (u4),
 * milliseconds since 1970 (u8).
 *
 * @param raw its bytes, unchanged
 */
record HprofHead(byte[] raw, int idBytes) {
  private static final byte[] FORMAT = "JAVA PROFILE 1.0.2\0".getBytes(StandardCharsets.US_ASCII);
  private static final int BYTES = FORMAT.length + 4 + 8;

  static HprofHead read(RecordInput in) throws IOException {
    in.need(BYTES);
    if (!Arrays.equals(in.bytes, in.at, in.at + FORMAT.length, FORMAT, 0, FORMAT.length)) {
      throw new RefusedDumpException(
          "heap dump: the " + in.name() + " stream does not begin with JAVA PROFILE 1.0.2");
    }
    int idBytes = BigEndian.i4(in.bytes, in.at + FORMAT.length);
    if (idBytes != 4 && idBytes != 8) {
      throw new RefusedDumpException("heap dump: identifiers of " + idBytes + " bytes, not 4 or 8");
    }
    byte[] raw = Arrays.copyOfRange(in.bytes, in.at, in.at + BYTES);
    in.at += BYTES;
    in.drop();
    return new HprofHead(raw, idBytes);
  }
}
