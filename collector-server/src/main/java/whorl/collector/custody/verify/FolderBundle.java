package whorl.collector.custody.verify;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** The files of a folder. Links are not followed, because a link is no evidence. */
final class FolderBundle implements Bundle {
  private static final int DEPTH_MAX = 8;
  private static final int FILES_MAX = 100_000;

  private final Path root;
  private final SortedSet<String> names = new TreeSet<>();
  private final List<String> notRegular = new ArrayList<>();

  FolderBundle(Path root) throws IOException {
    this.root = root;
    Files.walkFileTree(
        root,
        Set.of(),
        DEPTH_MAX,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            String name = root.relativize(file).toString().replace('\\', '/');
            if (names.size() == FILES_MAX) {
              throw new IOException(root + " holds more than " + FILES_MAX + " files");
            }
            if (attributes.isRegularFile()) {
              names.add(name);
            } else {
              notRegular.add(name);
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }

  @Override
  public SortedSet<String> names() {
    return names;
  }

  /** Links, devices and other entries that are not regular files; evidence contains none. */
  List<String> notRegular() {
    return notRegular;
  }

  @Override
  public long size(String name) throws IOException {
    return Files.size(root.resolve(name));
  }

  @Override
  public InputStream open(String name) throws IOException {
    return Files.newInputStream(root.resolve(name));
  }
}
