package whorl.collector.store.objects.s3;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ObjectLockLegalHoldStatus;
import software.amazon.awssdk.services.s3.model.ObjectLockMode;
import software.amazon.awssdk.services.s3.model.ObjectLockRetentionMode;
import whorl.collector.config.S3Location.RetainLock;
import whorl.collector.store.objects.ObjectLockedException;

/**
 * Object Lock: a legal hold for as long as evidence is held, and a retention that nobody can
 * shorten in compliance mode, and only who may bypass it in governance mode. Deletes objects, all
 * their versions.
 */
final class S3Locks {
  private final S3Connection connection;

  S3Locks(S3Connection connection) {
    this.connection = connection;
  }

  /** Makes the lock of the current version last until this time or longer. */
  void lockUntil(String key, Instant until) throws IOException {
    HeadObjectResponse head = existing(key);
    Instant locked = head.objectLockRetainUntilDate();
    if (locked != null && !locked.isBefore(until)) {
      return;
    }
    // A lock in compliance mode cannot be made weaker.
    ObjectLockRetentionMode mode =
        connection.location().retainLock() == RetainLock.GOVERNANCE
                && head.objectLockMode() != ObjectLockMode.COMPLIANCE
            ? ObjectLockRetentionMode.GOVERNANCE
            : ObjectLockRetentionMode.COMPLIANCE;
    Instant whole = until.truncatedTo(ChronoUnit.SECONDS).plusSeconds(1);
    connection.send(
        "lock",
        key,
        client ->
            client.putObjectRetention(
                put ->
                    put.bucket(connection.bucket())
                        .key(connection.full(key))
                        .retention(retention -> retention.mode(mode).retainUntilDate(whole))
                        .overrideConfiguration(connection.asking())));
  }

  /** Holds the current version, or takes the holds off all versions. */
  void hold(String key, boolean held) throws IOException {
    if (held) {
      HeadObjectResponse unused = existing(key);
      hold(key, null, ObjectLockLegalHoldStatus.ON);
    } else {
      for (String version : S3Lists.versions(connection, key)) {
        HeadObjectResponse head = headOrNull(key, version);
        if (head != null && head.objectLockLegalHoldStatus() == ObjectLockLegalHoldStatus.ON) {
          hold(key, version, ObjectLockLegalHoldStatus.OFF);
        }
      }
    }
  }

  private void hold(String key, @Nullable String version, ObjectLockLegalHoldStatus status)
      throws IOException {
    connection.send(
        "hold",
        key,
        client ->
            client.putObjectLegalHold(
                put ->
                    put.bucket(connection.bucket())
                        .key(connection.full(key))
                        .versionId(version)
                        .legalHold(hold -> hold.status(status))
                        .overrideConfiguration(connection.asking())));
  }

  /** Deletes the current version, or what the name means in a bucket without versions. */
  void delete(String key) throws IOException {
    delete(key, null);
  }

  /** Deletes all versions of the object. */
  void deleteVersions(String key) throws IOException {
    for (String version : S3Lists.versions(connection, key)) {
      delete(key, version);
    }
  }

  private void delete(String key, @Nullable String version) throws IOException {
    try {
      connection.send(
          "delete",
          key,
          client ->
              client.deleteObject(
                  delete ->
                      delete
                          .bucket(connection.bucket())
                          .key(connection.full(key))
                          .versionId(version)
                          .overrideConfiguration(connection.asking())));
    } catch (S3Refusal refusal) {
      if (refusal.status() < 500 && isLocked(key, version)) {
        throw new ObjectLockedException(key, refusal);
      }
      throw refusal;
    }
  }

  private boolean isLocked(String key, @Nullable String version) throws IOException {
    HeadObjectResponse head = headOrNull(key, version);
    return head != null
        && (head.objectLockLegalHoldStatus() == ObjectLockLegalHoldStatus.ON
            || head.objectLockRetainUntilDate() != null);
  }

  /** What is deleted in a bucket with versions would be refused like an outage, not as missing. */
  private HeadObjectResponse existing(String key) throws IOException {
    HeadObjectResponse head = headOrNull(key, null);
    if (head == null) {
      throw new NoSuchFileException(key, null, "the object store has no such object");
    }
    return head;
  }

  /** Null also for a delete marker, which has no headers of its own. */
  private @Nullable HeadObjectResponse headOrNull(String key, @Nullable String version)
      throws IOException {
    try {
      return S3Lists.head(connection, key, version);
    } catch (S3Refusal noHeaders) {
      if (noHeaders.status() == 405) {
        return null;
      }
      throw noHeaders;
    }
  }
}
