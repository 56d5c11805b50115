package whorl.collector.store.objects.s3;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Object;
import whorl.collector.store.objects.ObjectStore.ObjectFacts;

/** Questions about objects. */
final class S3Lists {
  private S3Lists() {}

  static @Nullable ObjectFacts find(S3Connection connection, String key) throws IOException {
    HeadObjectResponse head = head(connection, key, null);
    return head == null ? null : new ObjectFacts(key, head.contentLength(), head.lastModified());
  }

  /**
   * The headers of an object.
   *
   * @param version null for the current one
   */
  static @Nullable HeadObjectResponse head(
      S3Connection connection, String key, @Nullable String version) throws IOException {
    try {
      return connection.send(
          "look for",
          key,
          client ->
              client.headObject(
                  head ->
                      head.bucket(connection.bucket())
                          .key(connection.full(key))
                          .versionId(version)
                          .overrideConfiguration(connection.asking())));
    } catch (NoSuchFileException absent) {
      return null;
    }
  }

  /**
   * Asks for keys after the last one instead of using the answer's token, and passes over keys that
   * are not after it: a store was seen that begins with the last key itself.
   */
  static List<ObjectFacts> list(S3Connection connection, String prefix, String after, int limit)
      throws IOException {
    List<ObjectFacts> found = new ArrayList<>();
    String last = after.isEmpty() ? "" : connection.full(after);
    boolean more = true;
    while (more && found.size() < limit) {
      String from = last;
      int wanted = limit - found.size() + 1;
      ListObjectsV2Response page =
          connection.send(
              "list",
              prefix,
              client ->
                  client.listObjectsV2(
                      list ->
                          list.bucket(connection.bucket())
                              .prefix(connection.full(prefix))
                              .startAfter(from.isEmpty() ? null : from)
                              .maxKeys(wanted)
                              .overrideConfiguration(connection.asking())));
      more = false;
      for (S3Object each : page.contents()) {
        if (each.key().compareTo(last) > 0) {
          found.add(
              new ObjectFacts(connection.relative(each.key()), each.size(), each.lastModified()));
          last = each.key();
          more = Boolean.TRUE.equals(page.isTruncated());
        }
      }
    }
    return found.size() > limit ? found.subList(0, limit) : found;
  }

  /** The ids of all versions and delete markers of one object, the newest first. */
  static List<String> versions(S3Connection connection, String key) throws IOException {
    List<String> ids = new ArrayList<>();
    String full = connection.full(key);
    String keyMarker = null;
    String versionMarker = null;
    while (true) {
      String fromKey = keyMarker;
      String fromVersion = versionMarker;
      ListObjectVersionsResponse page =
          connection.send(
              "list the versions of",
              key,
              client ->
                  client.listObjectVersions(
                      list ->
                          list.bucket(connection.bucket())
                              .prefix(full)
                              .keyMarker(fromKey)
                              .versionIdMarker(fromVersion)
                              .overrideConfiguration(connection.asking())));
      page.deleteMarkers().stream()
          .filter(each -> each.key().equals(full))
          .forEach(each -> ids.add(each.versionId()));
      page.versions().stream()
          .filter(each -> each.key().equals(full))
          .forEach(each -> ids.add(each.versionId()));
      if (!Boolean.TRUE.equals(page.isTruncated()) || !full.equals(page.nextKeyMarker())) {
        return ids;
      }
      keyMarker = page.nextKeyMarker();
      versionMarker = page.nextVersionIdMarker();
    }
  }
}
