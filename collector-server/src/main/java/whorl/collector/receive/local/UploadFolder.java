package whorl.collector.receive.local;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import whorl.collector.receive.uploads.MovedUpload;
import whorl.collector.receive.uploads.Upload;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.disk.Disk;
import whorl.evidence.Json;

/**
 * The uploads in a data folder that no collector uses: they are read, or written from elsewhere.
 */
public final class UploadFolder {
  private final DataFolder folder;
  private final Disk disk;

  public UploadFolder(DataFolder folder, Disk disk) {
    this.folder = folder;
    this.disk = disk;
  }

  /** All uploads that can be continued. Changes nothing. */
  public List<MovedUpload> read() throws IOException {
    Map<String, List<Path>> files = new TreeMap<>();
    if (Files.isDirectory(folder.incoming())) {
      try (DirectoryStream<Path> all = Files.newDirectoryStream(folder.incoming())) {
        for (Path file : all) {
          if (!file.toString().endsWith(Disk.TEMPORARY)) {
            files.computeIfAbsent(LocalUpload.idOf(file), id -> new ArrayList<>()).add(file);
          }
        }
      }
    }
    List<MovedUpload> uploads = new ArrayList<>();
    for (Map.Entry<String, List<Path>> each : files.entrySet()) {
      LocalUpload upload = load(each.getKey(), each.getValue());
      if (upload != null) {
        uploads.add(
            new MovedUpload(
                upload.id(),
                upload.metadata(),
                upload.createdAt(),
                upload.length(),
                upload.streamed(),
                upload.isAside(),
                upload.sha256(),
                upload.offset()));
      }
    }
    return uploads;
  }

  private @Nullable LocalUpload load(String id, List<Path> files) throws IOException {
    return LocalUpload.load(id, folder.incoming(), files, disk);
  }

  /** The bytes of an upload that was read. */
  public InputStream content(MovedUpload upload) throws IOException {
    Path file = contentFile(upload);
    return Files.exists(file) ? Files.newInputStream(file) : InputStream.nullInputStream();
  }

  private Path contentFile(MovedUpload upload) {
    String suffix = upload.sha256() == null ? ".part" : "." + upload.sha256().hex();
    return folder.incoming().resolve(upload.id() + suffix);
  }

  /** Writes an upload; a collector that starts then goes on with it. */
  public void write(MovedUpload upload, InputStream content) throws IOException {
    disk.createFolders(folder.incoming());
    try (FileChannel file = disk.open(contentFile(upload))) {
      disk.truncate(file, 0);
      content.transferTo(Channels.newOutputStream(file));
      disk.force(file);
    }
    LocalUpload.Header header =
        new LocalUpload.Header(
            upload.metadata(),
            upload.createdAt(),
            upload.length() == Upload.UNKNOWN ? null : upload.length(),
            upload.streamed(),
            upload.aside());
    try (FileChannel file = disk.open(folder.incoming().resolve(upload.id() + ".json"))) {
      disk.truncate(file, 0);
      disk.write(file, ByteBuffer.wrap(Json.bytes(header)), 0);
      disk.force(file);
    }
    disk.forceFolder(folder.incoming());
  }

  /** Deletes all uploads. */
  public void clear() throws IOException {
    disk.delete(folder.incoming());
  }
}
