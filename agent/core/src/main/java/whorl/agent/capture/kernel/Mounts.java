package whorl.agent.capture.kernel;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Reads {@code /proc/self/mountinfo}; see {@code proc_pid_mountinfo(5)}. */
public final class Mounts {
  private static final int MOUNTS_MAX = 2_000;

  /**
   * One mount.
   *
   * @param root the folder within the file system that is mounted
   * @param options of the mount; {@code superOptions} are those of the file system
   */
  public record Mount(
      String mountPoint,
      String root,
      String type,
      String source,
      String options,
      String superOptions) {}

  private Mounts() {}

  /** Returns the mounts in the kernel's order; malformed lines are skipped. */
  public static List<Mount> read(ProcFs proc) throws IOException {
    List<Mount> mounts = new ArrayList<>();
    for (String line : proc.lines("proc/self/mountinfo", MOUNTS_MAX)) {
      String[] halves = line.split(" - ", 2);
      String[] left = halves[0].split(" ", -1);
      String[] right = halves.length < 2 ? new String[0] : halves[1].split(" ", -1);
      if (left.length >= 6 && right.length >= 2) {
        mounts.add(
            new Mount(
                unescaped(left[4]),
                unescaped(left[3]),
                right[0],
                unescaped(right[1]),
                left[5],
                right.length > 2 ? right[2] : ""));
      }
    }
    return mounts;
  }

  /** The kernel writes space, tab, line feed and backslash as three octal digits. */
  private static String unescaped(String text) {
    if (text.indexOf('\\') < 0) {
      return text;
    }
    StringBuilder plain = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && i + 4 <= text.length() && text.substring(i + 1, i + 4).matches("[0-7]{3}")) {
        plain.append((char) Integer.parseInt(text.substring(i + 1, i + 4), 8));
        i += 3;
      } else {
        plain.append(c);
      }
    }
    return plain.toString();
  }
}
