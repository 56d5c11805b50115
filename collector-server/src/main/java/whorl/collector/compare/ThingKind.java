package whorl.collector.compare;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What is compared, and the artifact that lists it. */
public enum ThingKind {
  /** Loaded classes, by name; a class that was kept also has the digest of its bytes. */
  CLASSES("classes.ndjson"),
  /** What is registered with servers, and what runs in threads. */
  REGISTRATIONS("registrations.ndjson"),
  /** Jars and other libraries, by coordinates or file name. */
  LIBRARIES("libraries.cdx.json"),
  /** Listening and connected sockets. */
  SOCKETS("network.ndjson"),
  /** Open files. */
  OPEN_FILES("fds.ndjson"),
  /** Files around the process, with size, mode and time of change. */
  FILES("files.body"),
  /** Threads, by name; numbers in names are left out. */
  THREADS("threads.json"),
  /** Arguments, properties and environment of the JVM. */
  PROCESS("process.json");

  private final String artifact;

  ThingKind(String artifact) {
    this.artifact = artifact;
  }

  /** The artifact's name. */
  public String artifact() {
    return artifact;
  }

  /** The lower-case word of the API. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The kind of this word; null if there is none. */
  static @Nullable ThingKind of(String word) {
    for (ThingKind kind : values()) {
      if (kind.word().equals(word)) {
        return kind;
      }
    }
    return null;
  }

  /** All words. */
  public static List<String> words() {
    return List.of(values()).stream().map(ThingKind::word).toList();
  }
}
