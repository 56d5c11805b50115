package whorl.collector.custody.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Zips whose list of files, or whose files, are longer than they may be. */
class ZipDirectoryTest {
  private static final int END = 0x06054b50;
  private static final int END_BYTES = 22;
  private static final int LISTED = 0x02014b50;
  private static final int LISTED_BYTES = 46;

  @TempDir private Path folder;

  @Test
  void ordinaryZip_isNotTooLong() throws Exception {
    Path zip = write(zip(new byte[100]));

    assertThatCode(() -> ZipDirectory.check(zip)).doesNotThrowAnyException();
    try (ZipFile open = ZipBundle.open(zip)) {
      assertThat(new ZipBundle(open).read("file", 1000)).hasSize(100);
    }
  }

  @Test
  void listThatIsTooLong_isRefusedBeforeItIsRead() throws Exception {
    byte[] zip = zip(new byte[100]);
    ByteBuffer bytes = ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(zip.length - 22 + 12, Integer.MAX_VALUE);

    Path file = write(zip);
    assertThatThrownBy(() -> ZipDirectory.check(file))
        .isInstanceOf(ZipException.class)
        .hasMessageContaining("list of files");
  }

  @Test
  void secondEnd_isChecked_too() throws Exception {
    byte[] zip = zip(new byte[100]);
    ByteBuffer more = ByteBuffer.allocate(22 + zip.length + 1).order(ByteOrder.LITTLE_ENDIAN);
    more.put(longEnd()).put(zip);
    more.putShort(22 + zip.length - 2, (short) 1); // the comment's length

    Path file = write(more.array());
    assertThatThrownBy(() -> ZipDirectory.check(file)).isInstanceOf(ZipException.class);
  }

  /** Else an intruder's file that was captured could keep a genuine bag from being verified. */
  @Test
  void fileThatLooksLikeTheEndOfAZip_isOnlyContent() throws Exception {
    ByteArrayOutputStream link = new ByteArrayOutputStream();
    link.write(longEnd());
    byte[] inner = zip(new byte[100]);
    ByteBuffer bytes = ByteBuffer.wrap(inner).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putShort(listed(bytes) + 40, (short) 0120777);
    link.write(inner);
    byte[] content = link.toByteArray();
    ByteArrayOutputStream zip = new ByteArrayOutputStream();
    try (ZipOutputStream out = new ZipOutputStream(zip)) {
      ZipEntry entry = new ZipEntry("file");
      entry.setMethod(ZipEntry.STORED);
      entry.setSize(content.length);
      CRC32 crc = new CRC32();
      crc.update(content);
      entry.setCrc(crc.getValue());
      out.putNextEntry(entry);
      out.write(content);
      out.closeEntry();
    }

    try (ZipFile open = ZipBundle.open(write(zip.toByteArray()))) {
      assertThat(new ZipBundle(open).read("file", 1_000)).isEqualTo(content);
    }
  }

  /** The end of a zip whose list is too long. */
  private static byte[] longEnd() {
    return ByteBuffer.allocate(22)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(END)
        .putInt(12, Integer.MAX_VALUE)
        .array();
  }

  @Test
  void zip64List_isChecked_too() throws Exception {
    ByteBuffer zip = ByteBuffer.allocate(56 + 20 + 22).order(ByteOrder.LITTLE_ENDIAN);
    zip.putInt(0, 0x06064b50).putLong(40, 1L << 40);
    zip.putInt(56, 0x07064b50).putLong(56 + 8, 0);
    zip.putInt(76, END).putInt(76 + 12, -1);

    Path file = write(zip.array());
    assertThatThrownBy(() -> ZipDirectory.check(file)).isInstanceOf(ZipException.class);
  }

  @Test
  void fileThatUnpacksToMoreThanIsListed_isNotReadToItsEnd() throws Exception {
    byte[] zip = zip(new byte[1 << 20]);
    ByteBuffer bytes = ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(listed(bytes) + 24, 100);

    try (ZipFile open = ZipBundle.open(write(zip))) {
      ZipBundle bundle = new ZipBundle(open);
      assertThat(bundle.size("file")).isEqualTo(100);
      assertThatThrownBy(
              () -> {
                try (InputStream in = bundle.open("file")) {
                  in.readAllBytes();
                }
              })
          .isInstanceOf(IOException.class)
          .hasMessageContaining("is longer than the 100 bytes that the zip lists");
    }
  }

  /** Ten megabytes can list so many that reading them takes days. */
  @Test
  void filesThatOverlap_areRefused() throws Exception {
    byte[] one = zip(new byte[1 << 20]);
    int list = listed(ByteBuffer.wrap(one).order(ByteOrder.LITTLE_ENDIAN));
    int each = one.length - END_BYTES - list;
    int files = 26;
    ByteBuffer zip =
        ByteBuffer.allocate(list + files * each + END_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    zip.put(one, 0, list);
    for (int i = 0; i < files; i++) {
      zip.put(one, list, each).put(zip.position() - each + LISTED_BYTES, (byte) ('a' + i));
    }
    int end = zip.position();
    zip.put(one, one.length - END_BYTES, END_BYTES);
    zip.putShort(end + 8, (short) files).putShort(end + 10, (short) files);
    zip.putInt(end + 12, files * each).putInt(end + 16, list);

    try (ZipFile open = ZipBundle.open(write(zip.array()))) {
      assertThat(open.size()).isEqualTo(files);
      assertThatThrownBy(() -> new ZipBundle(open))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("has files that overlap");
    }
  }

  /** {@code unzip} makes a link of it, and {@code ZipFile} reads a file. */
  @Test
  void linkOrDevice_isRefused() throws Exception {
    for (int mode : new int[] {0120777, 0060600, 0010600}) {
      byte[] zip = zip(new byte[100]);
      ByteBuffer bytes = ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN);
      bytes.putShort(listed(bytes) + 40, (short) mode);

      Path file = write(zip);
      assertThatThrownBy(() -> ZipBundle.open(file))
          .isInstanceOf(ZipException.class)
          .hasMessage("file is a link or a device, not a file");
    }
    for (int mode : new int[] {0100644, 0040755, 0}) {
      byte[] zip = zip(new byte[100]);
      ByteBuffer bytes = ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN);
      bytes.putShort(listed(bytes) + 40, (short) mode);

      Path file = write(zip);
      assertThatCode(() -> ZipBundle.open(file).close()).doesNotThrowAnyException();
    }
  }

  /** {@code unzip} gives the file that name, and {@code ZipFile} the other one. */
  @Test
  void secondName_isRefused() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream out = new ZipOutputStream(bytes)) {
      ZipEntry entry = new ZipEntry("file");
      entry.setExtra(
          ByteBuffer.allocate(4 + 2 + 4 + 7)
              .order(ByteOrder.LITTLE_ENDIAN)
              .putShort((short) 0x1234)
              .putShort((short) 2)
              .putShort((short) 0)
              .putShort((short) 0x7075)
              .putShort((short) 7)
              .array());
      out.putNextEntry(entry);
      out.closeEntry();
    }

    Path file = write(bytes.toByteArray());
    assertThatThrownBy(() -> ZipBundle.open(file))
        .isInstanceOf(ZipException.class)
        .hasMessageContaining("file has a second name");
  }

  @Test
  void manyEnds_haveListsOfABoundedLengthTogether() throws Exception {
    int lists = 1 << 20;
    ByteBuffer zip = ByteBuffer.allocate(lists + 100 * 22 + 1).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < 100; i++) {
      zip.putInt(lists + i * 22, END).putInt(lists + i * 22 + 12, lists);
    }
    zip.putShort(lists + 100 * 22 - 2, (short) 1); // the comment's length

    Path file = write(zip.array());
    assertThatThrownBy(() -> ZipDirectory.check(file))
        .isInstanceOf(ZipException.class)
        .hasMessageContaining("list of files");
  }

  private static int listed(ByteBuffer zip) {
    int listed = 0;
    while (zip.getInt(listed) != LISTED) {
      listed++;
    }
    return listed;
  }

  private static byte[] zip(byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream out = new ZipOutputStream(bytes)) {
      out.putNextEntry(new ZipEntry("file"));
      out.write(content);
      out.closeEntry();
    }
    return bytes.toByteArray();
  }

  private Path write(byte[] zip) throws IOException {
    return Files.write(folder.resolve("x.zip"), zip);
  }
}
