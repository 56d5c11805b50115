package whorl.collector.store.objects.folder;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import whorl.collector.store.objects.ObjectStore.ObjectFacts;

/** One page of a list: walks the folders in the order of keys, and enters none in vain. */
final class FolderPage {
  private final Path root;
  private final String prefix;
  private final String after;
  private final int limit;
  private final List<ObjectFacts> found = new ArrayList<>();

  FolderPage(Path root, String prefix, String after, int limit) {
    this.root = root;
    this.prefix = prefix;
    this.after = after;
    this.limit = limit;
  }

  List<ObjectFacts> read() throws IOException {
    walk(prefix.substring(0, prefix.lastIndexOf('/') + 1));
    return found;
  }

  /**
   * @param folder empty, or the beginning of keys up to a slash
   */
  private void walk(String folder) throws IOException {
    for (String name : names(folder)) {
      if (found.size() == limit) {
        return;
      }
      String key = folder + name;
      if (key.endsWith("/")) {
        if ((key.startsWith(prefix) || prefix.startsWith(key)) && mayFollow(key)) {
          walk(key);
        }
      } else if (key.startsWith(prefix) && key.compareTo(after) > 0) {
        ObjectFacts facts = FolderObjects.facts(key, root.resolve(key));
        if (facts != null) {
          found.add(facts);
        }
      }
    }
  }

  /** True if keys of the folder may come after the last page. */
  private boolean mayFollow(String folder) {
    return after.startsWith(folder) || folder.compareTo(after) > 0;
  }

  /** The names in key order; those of folders end with the slash that they have in a key. */
  private List<String> names(String folder) throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(root.resolve(folder))) {
      for (Path entry : entries) {
        String name = String.valueOf(entry.getFileName());
        if (!name.startsWith(".")) {
          names.add(Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS) ? name + "/" : name);
        }
      }
    } catch (NoSuchFileException | NotDirectoryException absent) {
      return List.of();
    }
    names.sort(null);
    return names;
  }
}
