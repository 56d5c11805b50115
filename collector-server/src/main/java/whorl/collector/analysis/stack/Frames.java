package whorl.collector.analysis.stack;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The frames of one stack, the innermost first, as rows have them. Rows of a recording write {@code
 * a.B.c(line 7)}, rows of the agent's memory and of alerts {@code app//a.B.c(B.java:7)}.
 */
public record Frames(List<Frame> all) {
  /** Of a row that has no stack. */
  public static final Frames NONE = new Frames(List.of());

  /** How much of a stack is looked at. */
  public static final int TEXT_CHARS = 16_384;

  private static final int FRAMES_MAX = 160;
  private static final int NAME_CHARS = 512;

  /**
   * One frame.
   *
   * @param type the class, without its module and loader, and without the address of a hidden class
   */
  public record Frame(String type, String method) {
    /** Whether the class, a dot and the method begin with this. */
    boolean startsWith(String prefix) {
      return prefix.length() <= type.length()
          ? type.startsWith(prefix)
          : (type + "." + method).startsWith(prefix);
    }

    boolean startsWithAny(List<String> prefixes) {
      for (String prefix : prefixes) {
        if (startsWith(prefix)) {
          return true;
        }
      }
      return false;
    }

    /** Whether its class is one that a compiler of server pages makes. */
    public boolean ofPage() {
      return startsWithAny(Places.PAGES);
    }

    boolean initializes() {
      return method.equals("<clinit>");
    }
  }

  public Frames {
    all = List.copyOf(all);
  }

  /** The frames of this text; lines that are no frames are left out. */
  public static Frames parse(String text) {
    List<Frame> frames = new ArrayList<>();
    int from = 0;
    while (from < text.length() && frames.size() < FRAMES_MAX) {
      int end = text.indexOf('\n', from);
      end = end < 0 ? text.length() : end;
      Frame frame = frame(text.substring(from, end));
      if (frame != null) {
        frames.add(frame);
      }
      from = end + 1;
    }
    return frames.isEmpty() ? NONE : new Frames(frames);
  }

  private static @Nullable Frame frame(String line) {
    int end = line.indexOf('(');
    if (end < 0) {
      end = line.indexOf(' ');
    }
    String name = end < 0 ? line : line.substring(0, end);
    int dot = name.lastIndexOf('.');
    if (dot <= 0 || dot == name.length() - 1 || name.length() > NAME_CHARS) {
      return null;
    }
    String type = plain(name.substring(0, dot));
    return new Frame(type.substring(type.lastIndexOf('/') + 1), name.substring(dot + 1));
  }

  /** The name of a class without the address that hidden classes have behind it. */
  public static String plain(String className) {
    int address = className.lastIndexOf("0x");
    if (address < 2) {
      return className;
    }
    char before = className.charAt(address - 1);
    return before == '/' || before == '+' || before == '.'
        ? className.substring(0, address - 1)
        : className;
  }

  /** The folders of a server page, as a compiler of pages made the package of its class of them. */
  public static String pageFolders(String type) {
    for (String pages : Places.PAGES) {
      if (type.startsWith(pages)) {
        int name = type.lastIndexOf('.');
        return name < pages.length() ? "" : type.substring(pages.length(), name);
      }
    }
    return "";
  }

  /**
   * The frames up to the server's that handed the request on: what lies behind them is on the stack
   * of every request, such as a filter that calls the next one.
   */
  public List<Frame> own() {
    return own(Set.of());
  }

  /**
   * The same.
   *
   * @param foreign classes that are none of the server's, whatever they are called
   */
  public List<Frame> own(Set<String> foreign) {
    for (int i = 0; i < all.size(); i++) {
      Frame frame = all.get(i);
      if (frame.startsWithAny(Places.DISPATCH) && !foreign.contains(frame.type())) {
        return all.subList(0, i);
      }
    }
    return all;
  }

  /** Whether a frame begins with one of these. */
  public boolean has(String... prefixes) {
    List<String> wanted = List.of(prefixes);
    return all.stream().anyMatch(frame -> frame.startsWithAny(wanted));
  }
}
