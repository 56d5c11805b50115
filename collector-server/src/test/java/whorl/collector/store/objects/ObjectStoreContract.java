package whorl.collector.store.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.store.objects.ObjectStore.ObjectFacts;

/** The contract of every object store. */
public abstract class ObjectStoreContract {
  private static final int PIECE = 8 << 20;

  @TempDir protected Path files;

  /** The store under test, the same for one test; empty at its beginning. */
  protected abstract ObjectStore store() throws IOException;

  @Test
  void put_isReadAsItWas_fromAnyOffset() throws Exception {
    byte[] content = bytes(100_000);

    store().put("blobs/ab/one", file(content));

    assertThat(read("blobs/ab/one", 0)).isEqualTo(content);
    assertThat(read("blobs/ab/one", 99_990)).isEqualTo(bytes(content, 99_990, 100_000));
    assertThat(read("blobs/ab/one", 100_000)).isEmpty();
    assertThat(read("blobs/ab/one", 100_001)).isEmpty();
  }

  @Test
  void put_ofNothing_isAnEmptyObject() throws Exception {
    store().put("empty-file", file(new byte[0]));
    store().put("empty-bytes", new byte[0]);

    assertThat(read("empty-file", 0)).isEmpty();
    assertThat(read("empty-bytes", 0)).isEmpty();
    assertThat(find("empty-file").size()).isZero();
  }

  @Test
  void put_isNotChangedByTheDeletedFile_norByAnotherPut() throws Exception {
    Path file = file(text("first"));
    store().put("one", file);
    Files.delete(file);
    store().put("two", file(text("second")));

    assertThat(read("one", 0)).isEqualTo(text("first"));
    store().put("one", text("third"));
    assertThat(read("one", 0)).isEqualTo(text("third"));
    assertThat(read("two", 0)).isEqualTo(text("second"));
  }

  @Test
  void put_twiceOfOneFile_isRepeatable() throws Exception {
    Path file = file(text("content"));

    store().put("one", file);
    store().put("one", file);
    store().put("two", file);

    assertThat(read("one", 0)).isEqualTo(text("content"));
    assertThat(keys(store().list("", "", 10))).containsExactly("one", "two");
  }

  @Test
  void put_ofMoreThanOneRequest_isOneObject() throws Exception {
    byte[] content = bytes(2 * PIECE + 4711);

    store().put("large", file(content));

    assertThat(find("large").size()).isEqualTo(content.length);
    assertThat(read("large", 0)).isEqualTo(content);
    assertThat(read("large", PIECE - 1)).isEqualTo(bytes(content, PIECE - 1, content.length));
    assertThat(store().putIfAbsent("large", file(bytes(PIECE + 1)))).isFalse();
    assertThat(find("large").size()).isEqualTo(content.length);
  }

  @Test
  void putIfAbsent_neverReplaces() throws Exception {
    assertThat(store().putIfAbsent("one", file(text("first")))).isTrue();
    assertThat(store().putIfAbsent("one", file(text("second")))).isFalse();

    assertThat(read("one", 0)).isEqualTo(text("first"));
  }

  @Test
  void putIfAbsent_ofSeveralAtOnce_hasOneWinnerWhereTheStoreHonoursIt() throws Exception {
    ObjectStore store = store();
    ExecutorService threads = Executors.newFixedThreadPool(6);
    try {
      for (int round = 0; round < 5; round++) {
        String key = "raced/" + round;
        List<Callable<Boolean>> writers = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
          Path file = file(text("of writer " + i));
          writers.add(() -> store.putIfAbsent(key, file));
        }
        int winners = 0;
        for (Future<Boolean> each : threads.invokeAll(writers)) {
          winners += each.get() ? 1 : 0;
        }
        if (isAtomic()) {
          assertThat(winners).isEqualTo(1);
        }
        assertThat(new String(read(key, 0), StandardCharsets.UTF_8)).startsWith("of writer ");
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void find_saysSizeAndTime_orNothing() throws Exception {
    Instant before = Instant.now();
    store().put("a/b/c", text("content"));

    ObjectFacts facts = find("a/b/c");

    assertThat(facts.key()).isEqualTo("a/b/c");
    assertThat(facts.size()).isEqualTo(7);
    assertThat(Duration.between(before, facts.writtenAt()).abs()).isLessThan(Duration.ofMinutes(2));
    assertThat(store().find("a/b/d")).isNull();
    assertThat(store().find("a/b")).isNull();
  }

  @Test
  void read_ofNothing_isNoSuchFile() throws Exception {
    assertThatThrownBy(() -> store().read("none", 0)).isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> store().copy("none", "two")).isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void deleted_isGone_andMayBeDeletedAgain() throws Exception {
    store().put("a/b/one", text("1"));
    store().put("a/two", text("2"));

    store().delete("a/b/one");
    store().delete("a/b/one");
    store().delete("never/there");

    assertThat(store().find("a/b/one")).isNull();
    assertThatThrownBy(() -> store().read("a/b/one", 0)).isInstanceOf(NoSuchFileException.class);
    assertThat(keys(store().list("a/", "", 10))).containsExactly("a/two");
    store().put("a/b/one", text("again"));
    assertThat(read("a/b/one", 0)).isEqualTo(text("again"));
  }

  @Test
  void copy_isAnObjectOfItsOwn() throws Exception {
    byte[] content = bytes(300_000);
    store().put("uploads/one", file(content));

    store().copy("uploads/one", "blobs/cd/copy");
    store().delete("uploads/one");

    assertThat(read("blobs/cd/copy", 0)).isEqualTo(content);
    store().copy("blobs/cd/copy", "blobs/cd/copy");
    assertThat(read("blobs/cd/copy", 299_999)).isEqualTo(bytes(content, 299_999, 300_000));
  }

  @Test
  void list_isInTheOrderOfKeys_andGoesOnPageByPage() throws Exception {
    List<String> keys =
        List.of("b", "d-e/f", "d.e/f", "d/0", "d/e/1", "d/e/2", "d/e-f", "d0", "e/A", "e/_", "e/a");
    List<String> sorted = keys.stream().sorted().toList();
    for (int i = keys.size() - 1; i >= 0; i--) {
      store().put(keys.get(i), text(keys.get(i)));
    }

    assertThat(keys(store().list("", "", 1000))).isEqualTo(sorted);
    for (int size = 1; size < 5; size++) {
      List<String> paged = new ArrayList<>();
      List<ObjectFacts> page;
      do {
        page = store().list("", paged.isEmpty() ? "" : paged.get(paged.size() - 1), size);
        paged.addAll(keys(page));
      } while (page.size() == size);
      assertThat(paged).as("pages of %s", size).isEqualTo(sorted);
    }
    assertThat(keys(store().list("d/e", "", 10))).containsExactly("d/e-f", "d/e/1", "d/e/2");
    assertThat(keys(store().list("d", "d/e/1", 2))).containsExactly("d/e/2", "d0");
    assertThat(store().list("none/", "", 10)).isEmpty();
    assertThat(store().list("", "zzz", 10)).isEmpty();
  }

  @Test
  void parts_areNothing_untilTheyAreComplete() throws Exception {
    byte[] first = bytes((int) Math.max(1000, store().minPartBytes()));
    byte[] rest = bytes(777);
    String upload = store().beginParts("heap");
    String firstTag = store().putPart("heap", upload, 1, file(first));
    store().putPart("heap", upload, 2, file(text("replaced later")));
    String lastTag = store().putPart("heap", upload, 2, file(rest));
    assertThat(store().find("heap")).isNull();
    assertThat(store().list("", "", 10)).isEmpty();

    store().completeParts("heap", upload, List.of(firstTag, lastTag));

    assertThat(find("heap").size()).isEqualTo(first.length + rest.length);
    assertThat(read("heap", first.length)).isEqualTo(rest);
    assertThat(bytes(read("heap", 0), 0, first.length)).isEqualTo(first);
  }

  @Test
  void parts_givenUp_areGone() throws Exception {
    String upload = store().beginParts("heap");
    String tag = store().putPart("heap", upload, 1, file(bytes(1000)));

    store().abortParts("heap", upload);
    store().abortParts("heap", upload);

    assertThatThrownBy(() -> store().completeParts("heap", upload, List.of(tag)))
        .isInstanceOf(IOException.class);
    assertThat(store().find("heap")).isNull();
  }

  @Test
  void keysThatLeaveTheirPlace_areRefused() throws Exception {
    for (String key :
        List.of("", "/a", "a/", "a//b", "../a", "a/../b", "a/./b", ".hidden", "a/.b", "a b", "ä")) {
      assertThatThrownBy(() -> store().put(key, text("x")))
          .as(key)
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> store().read(key, 0)).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> store().delete(key)).isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> store().list("../", "", 10))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> store().list("", "", 0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void heldAndLocked_cannotBeDeleted_whereTheStoreHasLocks() throws Exception {
    ObjectStore store = store();
    store.put("blobs/held", text("content"));
    store.hold("blobs/held", true);
    if (!store.capabilities().lock()) {
      store.lockUntil("blobs/held", Instant.now().plusSeconds(3600));
      store.hold("blobs/held", false);
      store.delete("blobs/held");
      assertThat(store.find("blobs/held")).isNull();
      return;
    }
    assertThatThrownBy(() -> store.delete("blobs/held"))
        .isInstanceOf(ObjectLockedException.class)
        .hasMessageContaining("blobs/held");
    assertThat(read("blobs/held", 0)).isEqualTo(text("content"));
    store.hold("blobs/held", false);
    store.delete("blobs/held");
    assertThat(store.find("blobs/held")).isNull();

    store.put("blobs/locked", text("content"));
    store.lockUntil("blobs/locked", Instant.now().plusSeconds(3600));
    store.lockUntil("blobs/locked", Instant.now().plusSeconds(60));
    store.put("blobs/locked", text("written over it"));
    assertThatThrownBy(() -> store.delete("blobs/locked"))
        .isInstanceOf(ObjectLockedException.class);
    assertThat(read("blobs/locked", 0)).isEqualTo(text("content"));
  }

  /** True if of several writers of one new key exactly one succeeds, always. */
  protected boolean isAtomic() throws IOException {
    return store().capabilities().conditionalPut();
  }

  protected static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Bytes that differ from each other and are the same each time. */
  protected static byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    new Random(count).nextBytes(bytes);
    return bytes;
  }

  private static byte[] bytes(byte[] of, int from, int to) {
    return Arrays.copyOfRange(of, from, to);
  }

  protected Path file(byte[] content) throws IOException {
    return Files.write(Files.createTempFile(files, "content", ""), content);
  }

  protected byte[] read(String key, long offset) throws IOException {
    try (InputStream in = store().read(key, offset)) {
      return in.readAllBytes();
    }
  }

  private ObjectFacts find(String key) throws IOException {
    ObjectFacts facts = store().find(key);
    assertThat(facts).isNotNull();
    return facts;
  }

  private static List<String> keys(List<ObjectFacts> objects) {
    return objects.stream().map(ObjectFacts::key).toList();
  }
}
