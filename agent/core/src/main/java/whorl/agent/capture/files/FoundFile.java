package whorl.agent.capture.files;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A file whose content is wanted.
 *
 * @param name what it is or was called
 * @param open where its content is had: its path, or a way to it in {@code /proc}; null when only
 *     the process's memory has it
 * @param state null where the kernel says nothing of it
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
    /** As {@link #NAMED}, but only read or looked for: its content is no evidence. */
    LOOKED_AT;

    String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  private static final Set<String> RUNNABLE =
      Set.of(
          "class", "jar", "war", "ear", "jsp", "jspx", "so", "sh", "py", "pl", "php", "rb", "js",
          "groovy", "elf", "bin");

  /** What can run first, then the newest. */
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

  /** Whether its mode or its name says that it can be run. */
  boolean runnable() {
    int dot = name.lastIndexOf('.');
    return (state != null && state.executable())
        || (dot > 0 && RUNNABLE.contains(name.substring(dot + 1).toLowerCase(Locale.ROOT)));
  }
}
