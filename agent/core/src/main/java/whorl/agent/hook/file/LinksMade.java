package whorl.agent.hook.file;

import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The links that this JVM has made since the start, so that an open through a link with a harmless
 * name is resolved. If there are more than can be kept, every path may lead through a link.
 * Lock-free.
 */
final class LinksMade {
  private static final int MAX_LINKS = 256;

  private record Link(String path, @Nullable String hardTarget) {
    boolean leadsTo(String other) {
      return isWithin(other, path);
    }
  }

  private static final Link[] NONE = {};

  private final AtomicReference<Link[]> links = new AtomicReference<>(NONE);
  private final LongAdder forgotten = new LongAdder();
  private final Predicate<String> exists;
  private volatile boolean full;

  /**
   * @param exists true if there is a file with this name now
   */
  LinksMade(Predicate<String> exists) {
    this.exists = exists;
  }

  /**
   * Adds a link.
   *
   * @param hardTarget the file's other name; null for a symbolic link
   */
  void add(String path, @Nullable String hardTarget) {
    Link link = new Link(path, hardTarget);
    Link[] before;
    Link[] after;
    do {
      before = current();
      int at = indexOf(before, path);
      if (at < 0 && before.length == MAX_LINKS) {
        full = true; // from now on a symbolic link needs no entry
        at = hardTarget == null ? -1 : firstSymbolic(before);
        if (at < 0) {
          forgotten.increment();
          return;
        }
      }
      after = Arrays.copyOf(before, at < 0 ? before.length + 1 : before.length);
      after[at < 0 ? before.length : at] = link;
    } while (!links.compareAndSet(before, after));
  }

  /**
   * A link, or a folder that may hold one, was renamed. If there is still a file with the old name,
   * both are names of one file, and the kernel left them as they were.
   */
  void renamed(String from, String to) {
    forgetHardLinks(to, from);
    for (Link link : current()) {
      if (link.leadsTo(from)) {
        add(to, link.hardTarget);
      } else if (isWithin(link.path, from)) {
        add(to.concat(link.path.substring(from.length())), link.hardTarget);
      }
    }
    removed(from);
  }

  /** A link, or a folder that may hold one, was deleted. */
  void removed(String path) {
    forgetHardLinks(path, path);
  }

  /**
   * Another file may have the name now, and only the kernel knows which one, so a hard link there
   * counts as a symbolic one.
   *
   * @param unlessThere if there is a file with this name, nothing was removed, or a link was made
   *     meanwhile
   */
  private void forgetHardLinks(String path, String unlessThere) {
    Link[] before;
    Link[] after;
    do {
      before = current();
      after = before;
      for (int i = 0; i < before.length; i++) {
        if (before[i].hardTarget != null && isWithin(before[i].path, path)) {
          after = after == before ? before.clone() : after;
          after[i] = new Link(before[i].path, null);
        }
      }
      if (after == before || exists.test(unlessThere)) {
        return;
      }
    } while (!links.compareAndSet(before, after));
  }

  private static boolean isWithin(String path, String folder) {
    return path.startsWith(folder)
        && (path.length() == folder.length() || path.charAt(folder.length()) == '/');
  }

  /** True if the path may lead through a link that was made. */
  boolean mayLead(String path) {
    if (full) {
      return true;
    }
    for (Link link : current()) {
      if (link.leadsTo(path)) {
        return true;
      }
    }
    return false;
  }

  /** The other name of the hard link that was last made there; null if there is none. */
  @Nullable String hardTarget(String path) {
    Link[] known = current();
    int at = indexOf(known, path);
    return at < 0 ? null : known[at].hardTarget;
  }

  private static int indexOf(Link[] known, String path) {
    for (int i = 0; i < known.length; i++) {
      if (known[i].path.equals(path)) {
        return i;
      }
    }
    return -1;
  }

  private static int firstSymbolic(Link[] known) {
    for (int i = 0; i < known.length; i++) {
      if (known[i].hardTarget == null) {
        return i;
      }
    }
    return -1;
  }

  private Link[] current() {
    return Objects.requireNonNull(links.get(), "links");
  }

  /** Links that were not kept; after the first of them every path is resolved. */
  long forgotten() {
    return forgotten.sum();
  }
}
