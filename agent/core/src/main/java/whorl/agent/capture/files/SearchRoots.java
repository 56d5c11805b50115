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
import whorl.agent.capture.kernel.FdTable;
import whorl.agent.capture.kernel.Mounts;
import whorl.agent.capture.kernel.Mounts.Mount;
import whorl.agent.capture.kernel.ProcFs;

/**
 * The places to search, in this order: folders that programs usually write to, the application's
 * own folders, those of files that are open for writing, then every writable mount, the root last.
 * File systems of the kernel and of the network, which could hang, are excluded; the latter are
 * reported.
 */
final class SearchRoots {
  private static final int FDS_MAX = 2_000;
  private static final int MAX_DEPTH = 32;

  private static final Set<String> KERNEL_TYPES =
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

  private static final Set<String> NETWORK_TYPES =
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
   * Finds the places of this process.
   *
   * @param property reads a system property
   */
  static SearchRoots of(ProcFs proc, UnaryOperator<@Nullable String> property) throws IOException {
    SearchRoots searchRoots = new SearchRoots();
    List<Path> mounted = searchRoots.mounts(proc);
    searchRoots.add(property.apply("java.io.tmpdir"), MAX_DEPTH);
    for (String name : List.of("/tmp", "/dev/shm", "/var/tmp")) {
      searchRoots.add(name, MAX_DEPTH);
    }
    searchRoots.application(property.apply("java.class.path"));
    searchRoots.add(property.apply("user.dir"), MAX_DEPTH);
    searchRoots.openForWriting(new FdTable(proc));
    for (Path mount : mounted) {
      searchRoots.add(mount, MAX_DEPTH);
    }
    return searchRoots;
  }

  /** Returns the places in search order. */
  List<Place> all() {
    return List.copyOf(searchRoots.values());
  }

  /** Returns mounts that are not searched, and why. */
  List<String> leftOut() {
    return leftOut;
  }

  /** True if the path is within a mount that is not searched. */
  boolean closed(Path path) {
    for (Path closedMount : closed) {
      if (path.startsWith(closedMount)) {
        return true;
      }
    }
    return false;
  }

  /** Returns the writable mounts, the deepest first, so that the root comes last. */
  private List<Path> mounts(ProcFs proc) throws IOException {
    List<Path> writable = new ArrayList<>();
    for (Mount mount : Mounts.read(proc)) {
      Path path = pathOrNull(mount.mountPoint());
      if (path == null) {
        continue;
      }
      boolean root = path.getNameCount() == 0;
      if (KERNEL_TYPES.contains(mount.type())) {
        closed.add(path);
      } else if (!root && isRemote(mount.type())) {
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

  private static boolean isRemote(String type) {
    return NETWORK_TYPES.contains(type)
        || (type.startsWith("fuse") && !type.equals("fuse.fuse-overlayfs"));
  }

  private static boolean has(String options, String word) {
    return List.of(options.split(",")).contains(word);
  }

  /** Adds jars' folders and class folders; for a jar in the root folder, only the jar. */
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
      add(folder == null || folder.getNameCount() == 0 ? path : folder, MAX_DEPTH);
    }
  }

  private void openForWriting(FdTable fds) throws IOException {
    int count = 0;
    for (int number : fds.numbers()) {
      if (count++ >= FDS_MAX) {
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
