package whorl.agent.hook.file;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.request.CurrentRequest;

/**
 * The real path in addition to the written one. A kernel query takes as long as half an open, so it
 * is made only if the two may differ: the text has {@code ..} or goes through /proc or /dev, it
 * leads through a link that this JVM made, or the thread works for a request, whose text may come
 * from an attacker. Files that a request opens again within a second are answered from a table.
 */
public final class RealPaths {
  private static final int RECENT = 256;
  private static final long RECENT_NANOS = 1_000_000_000L;

  private final PathText text;
  private final KernelPaths kernel = new KernelPaths();
  private final LinksMade links = new LinksMade(kernel);

  /** True if java.io and java.nio.file may resolve a relative path to different files. */
  private volatile boolean relativeIsUnsure;

  private volatile Object linksChanged = new Object();
  private final @Nullable Recent[] recent = new Recent[RECENT];

  private record Recent(String path, @Nullable String real, Object links, long untilNanos) {}

  private RealPaths(String workingFolder) {
    text = new PathText(workingFolder);
  }

  /**
   * @param workingFolder the folder that relative paths start from
   */
  public static RealPaths of(String workingFolder) {
    return new RealPaths(workingFolder);
  }

  /** Packages, by module, that must be open before {@link #prepare}. */
  public static Map<String, List<String>> packagesOpened() {
    return Map.of("java.base", List.of("sun.nio.fs", "java.io"));
  }

  public void prepare() {
    kernel.prepare();
    String folder = kernel.ofName("/proc/self/cwd");
    String written = text.of("");
    relativeIsUnsure = folder == null || !folder.equals(kernel.ofName(String.valueOf(written)));
  }

  /** Paths that the kernel did not resolve, and links that were not kept, by counter name. */
  Map<String, Long> losses() {
    return Map.of("paths.unresolved", kernel.failed(), "paths.linksNotKept", links.forgotten());
  }

  /** The path as it was written: absolute, without single dots. */
  public @Nullable String written(@Nullable Object path) {
    return text.of(path);
  }

  /**
   * The real path of a file that was just opened.
   *
   * @param given as the program gave it
   * @param written the same, absolute
   * @return null if it is the written one, or was not queried
   */
  @Nullable String ofOpened(@Nullable Object given, String written, int descriptor) {
    boolean sure = !isSuspicious(given, written);
    if (sure && CurrentRequest.get() == null) {
      return null;
    }
    if (!sure) {
      return named(kernel.ofDescriptor(descriptor), written);
    }
    int slot = written.hashCode() & (RECENT - 1);
    Recent known = recent[slot];
    Object now = linksChanged;
    long nanos = System.nanoTime();
    if (known != null
        && known.links == now
        && known.untilNanos - nanos > 0
        && known.path.equals(written)) {
      return known.real;
    }
    String real = named(kernel.ofDescriptor(descriptor), written);
    recent[slot] = new Recent(written, real, now, nanos + RECENT_NANOS);
    return real;
  }

  /** The real path of a file that is only known by its descriptor. */
  @Nullable String ofDescriptor(int descriptor) {
    return kernel.ofDescriptor(descriptor);
  }

  /** The real path of a name below a folder that is known by its descriptor. */
  @Nullable String below(int folder, @Nullable Object name) {
    String above = kernel.ofDescriptor(folder);
    String below = PathText.asGiven(name);
    return above == null || below == null ? null : within(above, below);
  }

  /** The real path of a name's target, with all links followed. */
  public @Nullable String ofTarget(@Nullable Object given, @Nullable String written) {
    if (written == null || !mayDiffer(given, written)) {
      return null;
    }
    String real = kernel.ofName(name(given, written));
    return named(real == null ? guess(written) : real, written);
  }

  /** The real path of a name itself, which may be a link and may no longer exist. */
  @Nullable String ofName(@Nullable Object given, @Nullable String written) {
    return written == null || !mayDiffer(given, written)
        ? null
        : ifDifferent(guess(written), written);
  }

  /**
   * The target of a symbolic link.
   *
   * @param target as it was given, relative to the link's own folder
   */
  @Nullable String ofLinkTarget(@Nullable String link, @Nullable String target) {
    if (link == null || target == null) {
      return null;
    }
    String folder = link.substring(0, Math.max(0, link.lastIndexOf('/')));
    String absolute = target.startsWith("/") ? target : within(folder, target);
    if (!target.startsWith("/") && !isSuspicious(null, absolute)) {
      // The target is in the link's folder, or below it.
      return null;
    }
    String real = kernel.ofName(absolute);
    return ifDifferent(real == null ? guess(absolute) : real, target);
  }

  /** True for a folder; null if the kernel cannot be queried, or there is no such file. */
  @Nullable Boolean isFolder(String path) {
    if (kernel.ofName(path) == null) {
      return null;
    }
    return kernel.ofName(path.concat("/.")) != null;
  }

  /** A link was made: earlier answers may be outdated. */
  void linked(@Nullable String path, @Nullable String hardTarget) {
    if (path != null) {
      links.add(path, hardTarget);
      String real = hardTarget == null ? path : guess(path);
      if (!real.equals(path)) {
        links.add(real, hardTarget);
      }
      linksChanged = new Object();
    }
  }

  /** A name was removed: the next file with that name is another one. */
  void removed(@Nullable String path, @Nullable String real) {
    if (path != null) {
      links.removed(path);
    }
    if (real != null) {
      links.removed(real);
    }
  }

  void renamed(@Nullable String from, @Nullable String to) {
    if (from != null && to != null) {
      links.renamed(from, to);
      linksChanged = new Object();
    }
  }

  private boolean mayDiffer(@Nullable Object given, String written) {
    return isSuspicious(given, written) || CurrentRequest.get() != null;
  }

  private boolean isSuspicious(@Nullable Object given, String written) {
    return written.startsWith("/proc/")
        || written.startsWith("/dev/")
        || PathText.hasDotDot(written)
        || links.mayLead(written)
        || (relativeIsUnsure && given instanceof String spelled && !spelled.startsWith("/"));
  }

  /** The real folder with the name in it; if there is no such folder, by the text alone. */
  private String guess(String written) {
    int slash = written.lastIndexOf('/');
    String name = written.substring(slash + 1);
    if (name.equals("..")) {
      String real = kernel.ofName(written);
      return real == null ? PathText.withoutDotDot(written) : real;
    }
    String folder = slash <= 0 ? "/" : kernel.ofName(written.substring(0, slash));
    return folder == null ? PathText.withoutDotDot(written) : within(folder, name);
  }

  /** The name to query the kernel by: java.io passes a relative path on unchanged. */
  private static Object name(@Nullable Object given, String written) {
    if (given instanceof String spelled && !spelled.startsWith("/")) {
      return "/proc/self/cwd/".concat(spelled);
    }
    return given != null && KernelPaths.isUnixPath(given) ? given : written;
  }

  private static String within(String folder, String name) {
    return folder.endsWith("/") ? folder.concat(name) : folder.concat("/").concat(name);
  }

  /**
   * The kernel's answer, or the other name of a hard link that has that name. The kernel comes
   * first: there may be a symbolic link now where a hard one was.
   */
  private @Nullable String named(@Nullable String real, String written) {
    String hard = links.hardTarget(real == null ? written : real);
    return ifDifferent(hard == null ? real : hard, written);
  }

  private static @Nullable String ifDifferent(@Nullable String real, String written) {
    return real == null || real.equals(written) ? null : real;
  }
}
