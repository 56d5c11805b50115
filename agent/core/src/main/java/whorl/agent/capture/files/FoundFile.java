package whorl.agent.capture.files;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A file whose content is wanted.
 *
 * @param name its current or former path
 * @param open where to read its content: its path, or a path in {@code /proc}; null if only the
 *     process's memory has it
 * @param state null if the kernel reports none
 */
record FoundFile(String name, @Nullable Path open, @Nullable FileState state, Why why) {
  /** Why it is wanted. */
  enum Why {
    DELETED_OPEN,
    MAPPED_GONE,
    CREATED,
    CHANGED,
    /** An alert or an event names it, and it is older than the JVM. */
    NAMED,
    /** As {@link #NAMED}, but only read or checked for: its content is no evidence. */
    LOOKED_AT;

    String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  private static final Set<String> RUNNABLE =
      Set.of(
          "class", "jar", "war", "ear", "jsp", "jspx", "so", "sh", "py", "pl", "php", "rb", "js",
          "groovy", "elf", "bin");

  /** Executable files first, then the newest. */
  static final Comparator<FoundFile> ORDER =
      Comparator.comparingInt(FoundFile::rank)
          .thenComparing(
              found -> found.state == null ? 0 : -found.state.lastTouched().toEpochMilli());

  private int rank() {
    if (why == Why.DELETED_OPEN || why == Why.MAPPED_GONE) {
      return 0;
    }
    return runnable() ? 1 : 2;
  }

  /** True if its mode or its name shows that it can be run. */
  boolean runnable() {
    int dot = name.lastIndexOf('.');
    return (state != null && state.executable())
        || (dot > 0 && RUNNABLE.contains(name.substring(dot + 1).toLowerCase(Locale.ROOT)));
  }
}
