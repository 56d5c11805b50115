package whorl.collector.libraries;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Digest;
import whorl.evidence.channel.AgentMessage.LibrariesHeld;
import whorl.evidence.channel.AgentMessage.LibraryPart;
import whorl.evidence.library.LibraryEntry;

/** An inventory that arrives in parts from one agent. Guarded by {@link Libraries}. */
final class Reception {
  private static final long ENTRY_BYTES = 200;

  final AgentIdentity agent;
  private final List<LibraryEntry> entries = new ArrayList<>();
  private LibrariesHeld held;
  private int parts;
  private long bytes;
  private final long begunNanos;
  private long sinceNanos;

  Reception(AgentIdentity agent, LibrariesHeld held, long nowNanos) {
    this.agent = agent;
    this.held = held;
    this.begunNanos = nowNanos;
    this.sinceNanos = nowNanos;
  }

  /** How far an inventory is. */
  enum Progress {
    MORE_TO_COME,
    COMPLETE,
    /** A part is missing, is of another inventory, or there are too many entries. */
    BROKEN
  }

  LibrariesHeld held() {
    return held;
  }

  /** The agent says something newer about the same inventory, such as what is loaded. */
  void held(LibrariesHeld newer) {
    held = newer;
  }

  Progress add(LibraryPart part, long nowNanos) {
    if (!part.digest().equals(held.digest())
        || part.part() != parts
        || entries.size() + part.entries().size() > held.entries()) {
      return Progress.BROKEN;
    }
    parts++;
    sinceNanos = nowNanos;
    for (LibraryEntry entry : part.entries()) {
      entries.add(entry);
      bytes +=
          ENTRY_BYTES
              + entry.path().length()
              + entry.name().length()
              + length(entry.group())
              + length(entry.version())
              + length(entry.problem());
    }
    if (parts < part.of()) {
      return Progress.MORE_TO_COME;
    }
    return entries.size() == held.entries() ? Progress.COMPLETE : Progress.BROKEN;
  }

  private static int length(@Nullable String text) {
    return text == null ? 0 : text.length();
  }

  List<LibraryEntry> entries() {
    return entries;
  }

  /** The digest of what has arrived, whatever the agent called it. */
  Digest digest() {
    return LibraryEntry.digest(entries);
  }

  /** Approximate bytes in the database. */
  int kibibytes() {
    return (int) (1 + (bytes >> 10));
  }

  long silentNanos(long nowNanos) {
    return nowNanos - sinceNanos;
  }

  /** How long it takes already, whatever has come. */
  long ageNanos(long nowNanos) {
    return nowNanos - begunNanos;
  }
}
