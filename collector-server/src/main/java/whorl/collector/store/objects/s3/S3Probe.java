package whorl.collector.store.objects.s3;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.ObjectLockEnabled;
import whorl.collector.store.objects.ObjectLockedException;
import whorl.collector.store.objects.ObjectStore.ObjectFacts;

/**
 * Tries what a bucket honours, with small objects below {@code probe/}, and deletes them again.
 * Documentation and answers are not believed: a store was seen that accepts a condition and ignores
 * it.
 */
final class S3Probe {
  /** Answers that say nothing about the request. */
  private static final Set<Integer> PASSING = Set.of(401, 403, 500, 502, 503, 504);

  private static final int WRITERS = 6;
  private static final int ROUNDS = 3;

  private final S3Connection connection;
  private final S3Parts parts;
  private final S3Writer writer;
  private final S3Locks locks;
  private final String folder = "probe/" + UUID.randomUUID() + "/";
  private final List<String> lacking = new ArrayList<>();

  S3Probe(S3Connection connection) {
    this.connection = connection;
    this.parts = new S3Parts(connection);
    this.writer = new S3Writer(connection, parts);
    this.locks = new S3Locks(connection);
  }

  S3Findings run() throws IOException {
    boolean lockEnabled = lockEnabled();
    boolean versioned = lockEnabled || versioned();
    IOException failure = null;
    try {
      requireReadAfterWrite();
      requireOrder();
      requireRanges();
      requireParts();
      boolean conditional = honoursConditions();
      boolean lock = lockEnabled && honoursHold();
      say(conditional, lockEnabled, lock, versioned);
      return new S3Findings(conditional, lock, versioned, lacking);
    } catch (IOException e) {
      failure = e;
      throw e;
    } finally {
      clean(versioned, failure);
    }
  }

  private void say(boolean conditional, boolean lockEnabled, boolean lock, boolean versioned) {
    if (!conditional) {
      lacking.add(
          "the object store does not honour If-None-Match: of two collectors that write one object"
              + " at the same moment both succeed, which loses nothing, since content is named by"
              + " its digest");
    }
    if (!lockEnabled) {
      lacking.add(
          "the bucket has no Object Lock: what is held or retained is kept by the collectors alone,"
              + " and a holder of their keys can delete it");
    } else if (!lock) {
      lacking.add(
          "the bucket says that it has Object Lock, but deleted an object on hold: what is held or"
              + " retained is kept by the collectors alone");
    }
    if (!versioned) {
      lacking.add(
          "the bucket keeps no versions: an object that is overwritten by other programs is lost");
    }
  }

  private boolean lockEnabled() throws IOException {
    try {
      return connection
              .send(
                  "ask for Object Lock",
                  "",
                  client ->
                      client.getObjectLockConfiguration(
                          get ->
                              get.bucket(connection.bucket())
                                  .overrideConfiguration(connection.asking())))
              .objectLockConfiguration()
              .objectLockEnabled()
          == ObjectLockEnabled.ENABLED;
    } catch (NoSuchFileException none) {
      return false;
    } catch (S3Refusal refusal) {
      return unknown(refusal, "Object Lock (s3:GetBucketObjectLockConfiguration)");
    }
  }

  private boolean versioned() throws IOException {
    try {
      BucketVersioningStatus status =
          connection
              .send(
                  "ask for versions",
                  "",
                  client ->
                      client.getBucketVersioning(
                          get ->
                              get.bucket(connection.bucket())
                                  .overrideConfiguration(connection.asking())))
              .status();
      return status == BucketVersioningStatus.ENABLED || status == BucketVersioningStatus.SUSPENDED;
    } catch (S3Refusal refusal) {
      return unknown(refusal, "versions (s3:GetBucketVersioning)");
    }
  }

  /** A store that does not know the question has no such thing; a bucket must exist. */
  private boolean unknown(S3Refusal refusal, String what) throws IOException {
    boolean isBroken = refusal.status() >= 500 && refusal.status() != 501;
    if (refusal.status() == 404 || refusal.status() == 401 || isBroken) {
      throw refusal;
    }
    if (refusal.status() == 403) {
      lacking.add("the credentials may not ask for " + what + ": it is taken to be off");
    }
    return false;
  }

  private void requireReadAfterWrite() throws IOException {
    String key = folder + "a";
    for (String content : new String[] {"first content", "second content"}) {
      byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
      writer.put(key, bytes);
      require(
          Arrays.equals(read(key), bytes),
          "an object that was just written is not read as it was written");
    }
    require(S3Lists.find(connection, folder + "none") == null, "it finds what was never written");
  }

  private void requireOrder() throws IOException {
    byte[] content = {1};
    List<String> keys = List.of(folder + "a", folder + "a-b", folder + "a.b", folder + "b/a");
    for (int i = keys.size() - 1; i >= 0; i--) {
      writer.put(keys.get(i), content);
    }
    List<String> listed =
        S3Lists.list(connection, folder, "", 10).stream().map(ObjectFacts::key).toList();
    require(listed.equals(keys), "it does not list objects in the order of their keys");
    List<String> second =
        S3Lists.list(connection, folder, keys.get(0), 2).stream().map(ObjectFacts::key).toList();
    require(second.equals(keys.subList(1, 3)), "it does not list objects page by page");
  }

  /** Ceph's gateway without a cluster was seen to fail here too. */
  private void requireParts() throws IOException {
    byte[] content = new byte[(int) S3Parts.MIN_PART_BYTES + 1];
    new Random().nextBytes(content);
    Path file = Files.createTempFile("whorl-probe", "");
    try {
      Files.write(file, content);
      List<String> tags = new ArrayList<>();
      String uploadId = parts.begin(folder + "p");
      tags.add(sent(uploadId, 1, file, 0, S3Parts.MIN_PART_BYTES));
      tags.add(sent(uploadId, 2, file, S3Parts.MIN_PART_BYTES, 1));
      parts.complete(folder + "p", uploadId, tags, null);
      require(
          Arrays.equals(read(folder + "p"), content),
          "an object that arrived in parts is not read as it was written");
      parts.copy(folder + "p", folder + "copy");
      require(Arrays.equals(read(folder + "copy"), content), "a copy of an object is not the same");
    } catch (NoSuchFileException gone) {
      throw new IOException(
          connection.location().name() + " cannot keep evidence: an object vanished", gone);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private String sent(String uploadId, int number, Path file, long offset, long length)
      throws IOException {
    String key = folder + "p";
    return connection
        .await("put a part of", key, parts.start(key, uploadId, number, file, offset, length))
        .eTag();
  }

  private byte[] read(String key) throws IOException {
    return connection
        .send(
            "read",
            key,
            client ->
                client.getObject(
                    get -> get.bucket(connection.bucket()).key(connection.full(key)),
                    AsyncResponseTransformer.toBytes()))
        .asByteArrayUnsafe();
  }

  /** Ceph's gateway without a cluster was seen to answer with bytes from the beginning. */
  private void requireRanges() throws IOException {
    String key = folder + "r";
    byte[] content = "0123456789".getBytes(StandardCharsets.US_ASCII);
    writer.put(key, content);
    for (int offset : new int[] {0, 3, content.length}) {
      try (InputStream in = new RangeInput(connection, key, offset)) {
        byte[] rest = Arrays.copyOfRange(content, offset, content.length);
        require(
            Arrays.equals(in.readAllBytes(), rest),
            "it answers a request for a range with other bytes");
      }
    }
  }

  private void require(boolean holds, String otherwise) throws IOException {
    if (!holds) {
      throw new IOException(connection.location().name() + " cannot keep evidence: " + otherwise);
    }
  }

  private boolean honoursConditions() throws IOException {
    byte[] content = "must stay".getBytes(StandardCharsets.UTF_8);
    try {
      writer.put(folder + "c", content);
      if (writer.putIfAbsent(folder + "c", new byte[] {2})
          || !Arrays.equals(read(folder + "c"), content)) {
        return false;
      }
      for (int round = 0; round < ROUNDS; round++) {
        if (winners(folder + "d" + round) != 1) {
          return false;
        }
      }
      return true;
    } catch (S3Refusal refusal) {
      if (!PASSING.contains(refusal.status())) {
        return false; // it stumbles over the header; 400, 501 and 999 were seen
      }
      throw refusal;
    }
  }

  /** The number of writers that succeed if several write a new key at the same moment. */
  private int winners(String key) throws IOException {
    List<CompletableFuture<Boolean>> writing = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      byte[] content = {(byte) i};
      CompletableFuture<Boolean> written = new CompletableFuture<>();
      ForkJoinPool.commonPool()
          .execute(
              () -> {
                try {
                  written.complete(writer.putIfAbsent(key, content));
                } catch (IOException | RuntimeException e) {
                  written.completeExceptionally(e);
                }
              });
      writing.add(written);
    }
    int winners = 0;
    for (CompletableFuture<Boolean> each : writing) {
      try {
        winners += each.get() ? 1 : 0;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while the object store was tried", e);
      } catch (ExecutionException e) {
        if (e.getCause() instanceof IOException failed) {
          throw failed;
        }
        throw new IOException("the object store could not be tried", e);
      }
    }
    return winners;
  }

  /** A legal hold can be taken off again, unlike a retention, so nothing stays behind. */
  private boolean honoursHold() throws IOException {
    String key = folder + "held";
    writer.put(key, new byte[] {1});
    try {
      locks.hold(key, true);
    } catch (S3Refusal refusal) {
      return unknown(refusal, "holds (s3:PutObjectLegalHold)");
    }
    boolean stays = false;
    try {
      locks.deleteVersions(key);
    } catch (ObjectLockedException locked) {
      stays = S3Lists.find(connection, key) != null;
    }
    locks.hold(key, false);
    return stays;
  }

  private void clean(boolean versioned, @Nullable IOException why) throws IOException {
    int left = 0;
    IOException failure = null;
    try {
      for (ObjectFacts each : S3Lists.list(connection, folder, "", 100)) {
        try {
          if (versioned) {
            locks.deleteVersions(each.key());
          } else {
            locks.delete(each.key());
          }
        } catch (ObjectLockedException retained) {
          left++;
        }
      }
    } catch (IOException e) {
      failure = e;
    }
    if (left > 0) {
      lacking.add(
          "the bucket retains every new object: "
              + left
              + " small objects of this start stay below "
              + folder
              + " until their time is over");
    }
    if (failure != null && why == null) {
      throw failure;
    }
    if (failure != null && why != null) {
      why.addSuppressed(failure);
    }
  }
}
