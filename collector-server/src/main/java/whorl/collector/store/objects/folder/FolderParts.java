package whorl.collector.store.objects.folder;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import whorl.collector.store.disk.Disk;
import whorl.collector.store.objects.ObjectKeys;

/** Objects that arrive in parts. A part is a file until all parts are joined. */
final class FolderParts {
  private static final Pattern ID =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

  private final Path folder;
  private final Disk disk;
  private final Placing placing;

  FolderParts(Path root, Disk disk, Placing placing) {
    this.folder = root.resolve(".parts");
    this.disk = disk;
    this.placing = placing;
  }

  String begin() throws IOException {
    String id = UUID.randomUUID().toString();
    disk.createFolders(folder.resolve(id));
    disk.forceFolder(folder);
    return id;
  }

  /** A part that is written again gets another tag, so that the tags decide which one counts. */
  String put(String uploadId, int number, Path content) throws IOException {
    ObjectKeys.checkPart(number);
    Path upload = existing(uploadId);
    String tag = UUID.randomUUID().toString();
    Path part = placing.temporaryOf(content);
    disk.move(part, upload.resolve(number + "-" + tag));
    disk.forceFolder(upload);
    return tag;
  }

  void complete(String uploadId, List<String> tags, Path target) throws IOException {
    Path upload = existing(uploadId);
    Path joined = placing.fresh();
    try (FileChannel to = disk.open(joined)) {
      long at = 0;
      for (int i = 0; i < tags.size(); i++) {
        at += append(upload.resolve((i + 1) + "-" + checked(tags.get(i))), to, at);
      }
      disk.force(to);
    }
    placing.replace(joined, target);
    abort(uploadId);
  }

  private static long append(Path part, FileChannel to, long at) throws IOException {
    try (FileChannel from = FileChannel.open(part, StandardOpenOption.READ)) {
      long size = from.size();
      long done = 0;
      to.position(at);
      while (done < size) {
        long count = from.transferTo(done, size - done, to);
        if (count <= 0) {
          throw new IOException("part " + part.getFileName() + " became shorter");
        }
        done += count;
      }
      return size;
    }
  }

  void abort(String uploadId) throws IOException {
    disk.delete(folder.resolve(checked(uploadId)));
  }

  private Path existing(String uploadId) throws IOException {
    Path upload = folder.resolve(checked(uploadId));
    if (!Files.isDirectory(upload)) {
      throw new NoSuchFileException(
          "parts " + uploadId, null, "the upload was completed or given up");
    }
    return upload;
  }

  private static String checked(String id) {
    if (!ID.matcher(id).matches()) {
      throw new IllegalArgumentException("not made by this store: an id of parts or of a part");
    }
    return id;
  }
}
