package whorl.agent.capture.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The kernel's attributes of one file, read without opening it.
 *
 * @param mode type and permissions as in {@code stat(2)}
 * @param born null if the JDK (before 22) or the file system does not provide it
 */
record FileState(
    int mode,
    long inode,
    long device,
    long uid,
    long gid,
    long size,
    Instant accessed,
    Instant modified,
    Instant changed,
    @Nullable Instant born) {
  private static final String WANTED =
      "unix:mode,ino,dev,uid,gid,size,lastAccessTime,lastModifiedTime,ctime,creationTime";
  private static final boolean KNOWS_BIRTH = Runtime.version().feature() >= 22;

  private static final int TYPE = 0170000;
  private static final int DIRECTORY = 0040000;
  private static final int REGULAR = 0100000;
  private static final int LINK = 0120000;
  private static final int EXECUTABLE = 0111;
  private static final String PERMISSIONS = "rwxrwxrwx";

  /** Reads the attributes of the file itself, or with {@code follow} those of a link's target. */
  static FileState read(Path path, boolean follow) throws IOException {
    LinkOption[] options =
        follow ? new LinkOption[0] : new LinkOption[] {LinkOption.NOFOLLOW_LINKS};
    Map<String, Object> attributes = Files.readAttributes(path, WANTED, options);
    Instant modified = time(attributes, "lastModifiedTime");
    return new FileState(
        (int) number(attributes, "mode"),
        number(attributes, "ino"),
        number(attributes, "dev"),
        number(attributes, "uid"),
        number(attributes, "gid"),
        number(attributes, "size"),
        time(attributes, "lastAccessTime"),
        modified,
        time(attributes, "ctime"),
        born(() -> (FileTime) attributes.get("creationTime"), modified));
  }

  /** The JDK returns the modification time if it does not know the creation time. */
  static @Nullable Instant born(Supplier<@Nullable FileTime> creation, Instant modified) {
    FileTime created = KNOWS_BIRTH ? creation.get() : null;
    return created == null || created.toInstant().equals(modified) ? null : created.toInstant();
  }

  boolean directory() {
    return (mode & TYPE) == DIRECTORY;
  }

  boolean regular() {
    return (mode & TYPE) == REGULAR;
  }

  boolean link() {
    return (mode & TYPE) == LINK;
  }

  boolean executable() {
    return (mode & EXECUTABLE) != 0;
  }

  /** Returns when content or attributes last changed; a program cannot set back the latter. */
  Instant lastTouched() {
    return changed.isAfter(modified) ? changed : modified;
  }

  /** Returns type and permissions as The Sleuth Kit writes them, such as {@code r/rrwxr-xr-x}. */
  String modeText() {
    StringBuilder text = new StringBuilder();
    appendMode(text);
    return text.toString();
  }

  /** Appends the {@link #modeText}. */
  void appendMode(StringBuilder text) {
    char type =
        switch (mode & TYPE) {
          case DIRECTORY -> 'd';
          case REGULAR -> 'r';
          case LINK -> 'l';
          case 0010000 -> 'p';
          case 0140000 -> 's';
          case 0060000 -> 'b';
          case 0020000 -> 'c';
          default -> '-';
        };
    text.append(type).append('/').append(type);
    for (int i = 0; i < PERMISSIONS.length(); i++) {
      text.append((mode & (0400 >> i)) == 0 ? '-' : PERMISSIONS.charAt(i));
    }
    int end = text.length();
    special(text, end - 7, 04000, 's');
    special(text, end - 4, 02000, 's');
    special(text, end - 1, 01000, 't');
  }

  private void special(StringBuilder text, int at, int bit, char mark) {
    if ((mode & bit) != 0) {
      text.setCharAt(at, text.charAt(at) == 'x' ? mark : Character.toUpperCase(mark));
    }
  }

  private static long number(Map<String, Object> attributes, String name) {
    return attributes.get(name) instanceof Number number ? number.longValue() : 0;
  }

  private static Instant time(Map<String, Object> attributes, String name) {
    return attributes.get(name) instanceof FileTime time ? time.toInstant() : Instant.EPOCH;
  }
}
