package whorl.agent.capture.files;

import java.io.File;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import whorl.agent.capture.FdTable;
import whorl.agent.capture.Mounts;
import whorl.agent.capture.Mounts.Mount;
import whorl.agent.capture.ProcFs;

/**
 * Where to look, in this order: the folders that a program writes to by habit, the application's
 * own, those of files that are open for writing, then every writable mount, the root last. Not the
 * kernel's own file systems, nor what lies on the network, which could hang; those are told.
 */
final class SearchRoots {
  private static final int FDS_LOOKED_AT = 2_000;
  private static final int DEEP = 32;

  private static final Set<String> OF_THE_KERNEL =
      Set.of(
          "proc",
          "sysfs",
          "cgroup",
          "cgroup2",
          "devpts",
          "mqueue",
          "securityfs",
          "debugfs",
          "tracefs",
          "bpf",
          "configfs",
          "pstore",
          "efivarfs",
          "fusectl",
          "hugetlbfs",
          "binfmt_misc",
          "rpc_pipefs",
          "nsfs",
          "autofs",
          "devtmpfs",
          "selinuxfs");

  private static final Set<String> OF_THE_NETWORK =
      Set.of(
          "nfs",
          "nfs4",
          "cifs",
          "smb3",
          "smbfs",
          "ceph",
          "glusterfs",
          "lustre",
          "afs",
          "beegfs",
          "gpfs",
          "9p",
          "ocfs2",
          "gfs2");

  /**
   * A place.
   *
   * @param depth how many folders deep
   */
  record Place(Path path, int depth) {}

  private final Map<Path, Place> searchRoots = new LinkedHashMap<>();
  private final List<String> leftOut = new ArrayList<>();
  private final List<Path> closed = new ArrayList<>();

  private SearchRoots() {}

  /**
   * Of this process.
   *
   * @param property reads a system property
   */
  static SearchRoots of(ProcFs proc, UnaryOperator<@Nullable String> property) throws IOException {
    SearchRoots searchRoots = new SearchRoots();
    List<Path> mounted = searchRoots.mounts(proc);
    searchRoots.add(property.apply("java.io.tmpdir"), DEEP);
    for (String name : List.of("/tmp", "/dev/shm", "/var/tmp")) {
      searchRoots.add(name, DEEP);
    }
    searchRoots.application(property.apply("java.class.path"));
    searchRoots.add(property.apply("user.dir"), DEEP);
    searchRoots.openForWriting(new FdTable(proc));
    for (Path mount : mounted) {
      searchRoots.add(mount, DEEP);
    }
    return searchRoots;
  }

  /** In the order in which to look. */
  List<Place> all() {
    return List.copyOf(searchRoots.values());
  }

  /** Mounts that are not looked into, and why. */
  List<String> leftOut() {
    return leftOut;
  }

  /** Whether it is within a mount that is not looked into. */
  boolean closed(Path path) {
    for (Path one : closed) {
      if (path.startsWith(one)) {
        return true;
      }
    }
    return false;
  }

  /** The writable ones, the deepest first, so that the root comes last. */
  private List<Path> mounts(ProcFs proc) throws IOException {
    List<Path> writable = new ArrayList<>();
    for (Mount mount : Mounts.read(proc)) {
      Path path = pathOrNull(mount.mountPoint());
      if (path == null) {
        continue;
      }
      boolean root = path.getNameCount() == 0;
      if (OF_THE_KERNEL.contains(mount.type())) {
        closed.add(path);
      } else if (!root && distant(mount.type())) {
        closed.add(path);
        leftOut.add(
            mount.mountPoint() + " (" + mount.type() + ", on the network or in user space)");
      } else if (has(mount.options(), "rw") && !has(mount.superOptions(), "ro")) {
        writable.add(path);
      }
    }
    writable.sort((a, b) -> Integer.compare(b.getNameCount(), a.getNameCount()));
    return writable;
  }

  private static boolean distant(String type) {
    return OF_THE_NETWORK.contains(type)
        || (type.startsWith("fuse") && !type.equals("fuse.fuse-overlayfs"));
  }

  private static boolean has(String options, String word) {
    return List.of(options.split(",")).contains(word);
  }

  /** A jar's folder, and folders of classes; of a jar in the root nothing but the jar. */
  private void application(@Nullable String classPath) {
    if (classPath == null) {
      return;
    }
    for (String element : classPath.split(File.pathSeparator)) {
      Path path = element.isEmpty() ? null : pathOrNull(element);
      if (path == null) {
        continue;
      }
      Path folder = path.toFile().isDirectory() ? path : path.getParent();
      add(folder == null || folder.getNameCount() == 0 ? path : folder, DEEP);
    }
  }

  private void openForWriting(FdTable fds) throws IOException {
    int looked = 0;
    for (int number : fds.numbers()) {
      if (looked++ >= FDS_LOOKED_AT) {
        return;
      }
      FdTable.Fd fd = fds.fd(number);
      if (fd != null && fd.type().equals("file") && !fd.deleted() && !"read".equals(fd.access())) {
        Path path = pathOrNull(fd.target());
        if (path != null && path.getParent() != null) {
          add(path.getParent(), 1);
        }
      }
    }
  }

  private void add(@Nullable String name, int depth) {
    Path path = name == null || name.isBlank() ? null : pathOrNull(name);
    if (path != null) {
      add(path, depth);
    }
  }

  private void add(Path path, int depth) {
    Place before = searchRoots.get(path);
    if (!closed(path) && (before == null || before.depth() < depth)) {
      searchRoots.put(path, new Place(path, depth));
    }
  }

  private static @Nullable Path pathOrNull(String name) {
    try {
      return Path.of(name).toAbsolutePath().normalize();
    } catch (InvalidPathException notAPath) {
      return null;
    }
  }
}
