package whorl.collector.store.objects.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.store.objects.EvidenceStore.Content;
import whorl.collector.store.objects.WrongContentException;
import whorl.evidence.Digest;

class ObjectCacheTest {
  private static final long PLENTY = 1L << 40;

  @TempDir Path folder;
  private final List<ObjectCache> opened = new ArrayList<>();
  private final AtomicInteger fetched = new AtomicInteger();
  private long freeBytes = PLENTY;

  @AfterEach
  void closeCaches() throws IOException {
    for (ObjectCache cache : opened) {
      cache.close();
    }
  }

  @Test
  void fetched_once_andThenThere() throws Exception {
    ObjectCache cache = open(100);

    assertThat(read(cache, "content")).isEqualTo("content");
    assertThat(read(cache, "content")).isEqualTo("content");

    assertThat(fetched).hasValue(1);
    assertThat(cache.hits()).isEqualTo(1);
    assertThat(cache.bytes()).isEqualTo(7);
  }

  @Test
  void threadsThatWantTheSame_fetchItOnce() throws Exception {
    ObjectCache cache = open(100);
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      Callable<String> reader = () -> read(cache, "content");
      for (Future<String> each :
          threads.invokeAll(List.of(reader, reader, reader, reader, reader, reader, reader))) {
        assertThat(each.get(30, TimeUnit.SECONDS)).isEqualTo("content");
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(fetched).hasValue(1);
  }

  @Test
  void wrongContent_isNeverGivenOut_andIsCounted() throws Exception {
    ObjectCache cache = open(100);

    assertThatThrownBy(() -> cache.get(digest("content"), source("CONTENT")))
        .isInstanceOf(WrongContentException.class)
        .hasMessageContaining(digest("content").hex())
        .hasMessageContaining("damaged");

    assertThat(cache.damaged()).isEqualTo(1);
    assertThat(cache.bytes()).isZero();
    assertThat(read(cache, "content")).isEqualTo("content");
    assertThat(folder.resolve("fetching")).isEmptyDirectory();
  }

  @Test
  void leastRecentlyUsed_goesFirst_andNeverWhileInUse() throws Exception {
    ObjectCache cache = open(10);
    Content used = cache.get(digest("aaaa"), source("aaaa"));
    read(cache, "bbbb");

    read(cache, "cccc");

    assertThat(cache.file(digest("bbbb"))).isNull();
    assertThat(used.file()).hasContent("aaaa");
    used.close();
    used.close();
    read(cache, "cccc");
    read(cache, "dddd");
    assertThat(cache.file(digest("aaaa"))).isNull();
    assertThat(cache.file(digest("cccc"))).exists();
    assertThat(cache.bytes()).isLessThanOrEqualTo(10);
  }

  @Test
  void largerThanTheCache_goesAfterItsUse() throws Exception {
    ObjectCache cache = open(10);
    read(cache, "small");

    Path file;
    try (Content large = cache.get(digest("more than ten bytes"), source("more than ten bytes"));
        Content again = cache.get(digest("more than ten bytes"), source("more than ten bytes"))) {
      file = large.file();
      assertThat(again.file()).isEqualTo(file).hasContent("more than ten bytes");
    }

    assertThat(file).doesNotExist();
    assertThat(fetched).hasValue(2);
    assertThat(cache.file(digest("small"))).exists();
  }

  @Test
  void survivesARestart_butIsCheckedAgain() throws Exception {
    ObjectCache before = open(100);
    read(before, "right");
    read(before, "wrong");
    Files.writeString(before.file(digest("wrong")), "WRONG");
    before.close();

    ObjectCache after = open(100);

    assertThat(after.bytes()).isEqualTo(10);
    assertThat(read(after, "right")).isEqualTo("right");
    assertThat(fetched).hasValue(2);
    assertThat(read(after, "wrong")).isEqualTo("wrong");
    assertThat(fetched).hasValue(3);
    assertThat(after.damaged()).isEqualTo(1);
  }

  @Test
  void smallerAfterARestart_evictsAtOnce() throws Exception {
    ObjectCache before = open(100);
    read(before, "aaaa");
    read(before, "bbbb");
    before.close();

    assertThat(open(5).bytes()).isEqualTo(4);
  }

  @Test
  void fullDisk_evictsAndThenRefuses() throws Exception {
    ObjectCache cache = open(100);
    read(cache, "aaaa");
    freeBytes = 3;

    assertThatThrownBy(() -> read(cache, "bbbb"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no room")
        .hasMessageContaining("--cache");

    assertThat(cache.bytes()).isZero();
    freeBytes = PLENTY;
    assertThat(read(cache, "bbbb")).isEqualTo("bbbb");
  }

  @Test
  void secondProcess_isRefused() throws Exception {
    open(100);

    assertThatThrownBy(() -> open(100)).hasMessageContaining("another collector");
  }

  private ObjectCache open(long maxBytes) throws IOException {
    ObjectCache cache =
        ObjectCache.open(folder, new ObjectCache.Limits(maxBytes, 0), () -> freeBytes);
    opened.add(cache);
    return cache;
  }

  private String read(ObjectCache cache, String content) throws IOException {
    try (Content object = cache.get(digest(content), source(content))) {
      return Files.readString(object.file());
    }
  }

  private ObjectCache.Source source(String content) {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    return new ObjectCache.Source() {
      @Override
      public long bytes() {
        return bytes.length;
      }

      @Override
      public InputStream open() {
        fetched.incrementAndGet();
        return new ByteArrayInputStream(bytes);
      }
    };
  }

  private static Digest digest(String content) {
    return Digest.of(content.getBytes(StandardCharsets.UTF_8));
  }
}
