package whorl.collector.analysis.stack;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The frames of one stack, the innermost first. Rows of a recording write {@code a.B.c(line 7)};
 * rows of the agent's ring and of alerts write {@code app//a.B.c(B.java:7)}.
 */
public record Frames(List<Frame> list) {
  /** The frames of a row without a stack. */
  public static final Frames NONE = new Frames(List.of());

  /** Only this many characters of a stack are read. */
  public static final int TEXT_CHARS = 16_384;

  private static final int FRAMES_MAX = 160;
  private static final int NAME_CHARS = 512;

  /**
   * One frame.
   *
   * @param type the class, without its module and loader, and without the address of a hidden class
   */
  public record Frame(String type, String method) {
    /** True if class, dot and method begin with this prefix. */
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

    /** True if a compiler of server pages generated the class. */
    public boolean ofPage() {
      return startsWithAny(Places.PAGES);
    }

    boolean initializes() {
      return method.equals("<clinit>");
    }
  }

  public Frames {
    list = List.copyOf(list);
  }

  /** Parses a text; lines that are no frames are left out. */
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

  /** Returns the class name without the address that ends the name of a hidden class. */
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

  /**
   * Returns the folders of a server page: the page compiler turned them into the package of the
   * page's class.
   */
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
   * Returns the frames up to the server's dispatch of the request. The frames beyond are on the
   * stack of every request, such as a filter that calls the next one.
   */
  public List<Frame> beforeDispatch() {
    return beforeDispatch(Set.of());
  }

  /**
   * Returns the frames up to the server's dispatch of the request.
   *
   * @param foreign classes that do not belong to the server, regardless of their names
   */
  public List<Frame> beforeDispatch(Set<String> foreign) {
    for (int i = 0; i < list.size(); i++) {
      Frame frame = list.get(i);
      if (frame.startsWithAny(Places.DISPATCH) && !foreign.contains(frame.type())) {
        return list.subList(0, i);
      }
    }
    return list;
  }

  /** Returns the innermost frame before the dispatch that is not the JDK's; null if none is. */
  public @Nullable Frame caller() {
    for (Frame frame : beforeDispatch()) {
      if (!frame.startsWithAny(Places.JDK)) {
        return frame;
      }
    }
    return null;
  }

  /** True if a frame begins with one of these prefixes. */
  public boolean has(String... prefixes) {
    List<String> prefixList = List.of(prefixes);
    return list.stream().anyMatch(frame -> frame.startsWithAny(prefixList));
  }
}
