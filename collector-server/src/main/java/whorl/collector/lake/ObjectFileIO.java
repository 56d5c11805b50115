package whorl.collector.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import whorl.collector.store.objects.ObjectLockedException;
import whorl.collector.store.objects.ObjectStore;

/**
 * Iceberg's files in the object store. A location is the store's root, such as {@code
 * file:///srv/whorl} or {@code s3://bucket/prefix}, a slash and the object's key, so that other
 * programs find the same files without this class.
 */
final class ObjectFileIO implements FileIO {
  private static final long serialVersionUID = 1;

  private final transient ObjectStore objects;
  private final String root;

  ObjectFileIO(ObjectStore objects, String root) {
    this.objects = objects;
    this.root = root;
  }

  @Override
  public InputFile newInputFile(String location) {
    return new ObjectInput(objects, location, key(location));
  }

  @Override
  public OutputFile newOutputFile(String location) {
    return new ObjectOutput(objects, location, key(location));
  }

  @Override
  public void deleteFile(String location) {
    try {
      objects.delete(key(location));
    } catch (ObjectLockedException locked) {
      throw new UncheckedIOException(location + " is locked in the object store", locked);
    } catch (IOException e) {
      throw new UncheckedIOException(location + " can't be deleted", e);
    }
  }

  /** The location of an object. */
  String location(String key) {
    return root + "/" + key;
  }

  /**
   * The key of an object.
   *
   * @throws IllegalArgumentException if the location is not in this store
   */
  String key(String location) {
    if (!location.startsWith(root + "/")) {
      throw new IllegalArgumentException(
          location + " is not in " + root + ": the lake's table was made with another --objects");
    }
    return location.substring(root.length() + 1);
  }
}
