package whorl.collector.store.objects.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import whorl.collector.config.S3Location;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.objects.WrongContentException;
import whorl.collector.store.objects.cache.ObjectCache;
import whorl.collector.store.objects.s3.FakeS3.Fault;
import whorl.collector.store.outage.Outage;
import whorl.evidence.Digest;

/** An object store that fails: nothing is acknowledged that is not there, and everything ends. */
class S3FaultTest {
  private static final Duration CALL = Duration.ofSeconds(6);
  private static final Duration ENDS = Duration.ofSeconds(30);
  private static final S3Limits LIMITS =
      new S3Limits(
          8,
          Duration.ofSeconds(2),
          Duration.ofSeconds(1),
          CALL,
          Duration.ofSeconds(1),
          CALL,
          1000,
          1000);

  @TempDir Path folder;
  private FakeS3 server;
  private S3Objects store;

  @BeforeEach
  void open() throws IOException {
    S3Buckets.useTestCredentials();
    server = new FakeS3();
    S3Location location = S3Location.parse("s3://bucket/whorl?endpoint=" + server.endpoint());
    store =
        S3Objects.known(
            S3Connection.open(location, LIMITS), new S3Findings(true, false, false, List.of()));
  }

  @AfterEach
  void close() {
    store.close();
    server.close();
  }

  /** The SDK signs no content, over plain HTTP neither: this is all that protects it on its way. */
  @Test
  void upload_hasADigestOfItsContent() throws Exception {
    byte[] content = text("content");
    Path file = Files.write(folder.resolve("content"), content);
    String md5 =
        Base64.getEncoder().encodeToString(MessageDigest.getInstance("MD5").digest(content));

    store.put("one", content);
    assertThat(server.put).containsEntry("Content-MD5", md5);
    store.put("two", file);
    assertThat(server.put).containsEntry("Content-MD5", md5);
    store.putPart("three", "id", 1, file);
    assertThat(server.put).containsEntry("Content-MD5", md5);
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"ERROR_500", "ERROR_503", "DONE_BUT_500", "DONE_BUT_RESET", "SILENT"})
  void passingFault_isGotOver(Fault fault) throws Exception {
    server.next(fault);
    store.put("one", text("content"));
    assertThat(stored("one")).isEqualTo(text("content"));

    server.next(fault);
    assertThat(store.find("one").size()).isEqualTo(7);
    server.next(fault);
    assertThat(read("one")).isEqualTo(text("content"));
    server.next(fault);
    store.delete("one");
    assertThat(server.objects).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"CUT_BODY", "STALLED_BODY"})
  void bodyThatEndsEarly_isReadAgain(Fault fault) throws Exception {
    byte[] content = new byte[3_500];
    new Random(1).nextBytes(content);
    server.objects.put("/bucket/whorl/one", content);
    server.next(Fault.NONE, fault, Fault.NONE, fault);

    assertThat(read("one")).isEqualTo(content);
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"ERROR_500", "ERROR_503", "DONE_BUT_500", "DONE_BUT_RESET", "SILENT"})
  void lastingFault_endsInTime_andIsNotAcknowledged(Fault fault) throws Exception {
    server.objects.put("/bucket/whorl/there", text("content"));
    server.always(fault);

    for (Attempt attempt :
        List.<Attempt>of(
            () -> store.put("one", text("content")),
            () -> store.put("one", file(text("content"))),
            () -> store.putIfAbsent("two", file(text("content"))),
            () -> store.find("there"),
            () -> read("there"),
            () -> store.delete("three"))) {
      assertTimeout(
          ENDS,
          () ->
              assertThatThrownBy(attempt::run)
                  .isInstanceOf(IOException.class)
                  .hasMessageContaining("s3://bucket/whorl/")
                  .hasMessageNotContaining(S3Buckets.SECRET_KEY));
    }
    server.always(Fault.NONE);
    store.put("one", text("content"));
    assertThat(stored("one")).isEqualTo(text("content"));
  }

  /** Else evidence would be called damaged, and listed as lost, until there are new ones. */
  @Test
  void credentialsThatHaveEnded_areAnOutage_alsoWithoutACode() {
    server.objects.put("/bucket/whorl/there", text("content"));
    server.always(Fault.EXPIRED);

    assertThatThrownBy(() -> read("there")).satisfies(S3FaultTest::isOutage);
    assertThatThrownBy(() -> store.find("there")).satisfies(S3FaultTest::isOutage);
  }

  @Test
  void storeThatAnswersNothing_endsWhatWaits_andRefusesAtOnce_untilItIsBack() throws Exception {
    S3Limits patient =
        new S3Limits(
            8,
            Duration.ofSeconds(2),
            Duration.ofMinutes(5),
            Duration.ofMinutes(5),
            Duration.ofMinutes(5),
            Duration.ofMinutes(5),
            1000,
            1000);
    try (S3Objects waiting =
        S3Objects.known(
            S3Connection.open(
                S3Location.parse("s3://bucket/whorl?endpoint=" + server.endpoint()), patient),
            new S3Findings(true, false, false, List.of()))) {
      waiting.check();
      server.always(Fault.SILENT);
      CompletableFuture<Throwable> waits =
          CompletableFuture.supplyAsync(
              () -> catchThrowable(() -> waiting.put("one", text("content"))));

      assertThatThrownBy(waiting::check).satisfies(S3FaultTest::isOutage);

      assertThat(waits.get(10, TimeUnit.SECONDS)).satisfies(S3FaultTest::isOutage);
      assertTimeout(
          Duration.ofSeconds(1),
          () -> assertThatThrownBy(() -> waiting.find("one")).satisfies(S3FaultTest::isOutage));
      server.always(Fault.NONE);
      waiting.check();
      waiting.put("one", text("content"));
      assertThat(stored("one")).isEqualTo(text("content"));
    }
  }

  @Test
  void storeWithErrors_isAnOutage_andNotTakenForAway() throws Exception {
    server.always(Fault.ERROR_503);

    assertThatThrownBy(store::check).satisfies(S3FaultTest::isOutage);
    assertThatThrownBy(() -> store.find("one")).satisfies(S3FaultTest::isOutage);

    server.always(Fault.NONE);
    assertThat(store.find("one")).isNull();
  }

  private static void isOutage(Throwable e) {
    assertThat(Outage.of(e)).isEqualTo("the object store");
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"CUT_BODY", "STALLED_BODY"})
  void bodyThatAlwaysEndsEarly_isAnError(Fault fault) {
    server.objects.put("/bucket/whorl/one", new byte[2_500]);
    server.always(fault);

    assertTimeout(
        ENDS, () -> assertThatThrownBy(() -> read("one")).isInstanceOf(IOException.class));
  }

  /** The writer cannot know that the object is its own, but the object is there. */
  @Test
  void conditionalPut_whoseAnswerWasLost_hasWrittenTheObject() throws Exception {
    server.next(Fault.DONE_BUT_RESET);

    store.putIfAbsent("one", file(text("content")));

    assertThat(stored("one")).isEqualTo(text("content"));
  }

  @Test
  void wrongBytes_areFoundByTheCache() throws Exception {
    byte[] content = new byte[2_500];
    server.objects.put("/bucket/whorl/one", content);
    Digest sha256 = Digest.of(content);
    try (ObjectCache cache =
        ObjectCache.open(
            folder.resolve("cache"), new ObjectCache.Limits(1 << 20, 0), () -> 1 << 30)) {
      server.next(Fault.WRONG_BODY);
      assertThatThrownBy(() -> cache.get(sha256, source()))
          .isInstanceOf(WrongContentException.class);
      try (EvidenceStore.Content again = cache.get(sha256, source())) {
        assertThat(again.file()).hasBinaryContent(content);
      }
      assertThat(cache.damaged()).isEqualTo(1);
    }
  }

  @Test
  void nobodyThere_isSaid() throws Exception {
    server.close();

    assertTimeout(
        ENDS,
        () ->
            assertThatThrownBy(() -> store.put("one", text("content")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("s3://bucket/whorl/: put one"));
  }

  @Test
  void requests_areCountedWithTheirRepetitions() throws Exception {
    server.next(Fault.ERROR_500, Fault.ERROR_503);

    store.put("one", text("content"));

    assertThat(store.requests()).containsEntry("PutObject", 3L);
    assertThat(server.requests).hasValue(3);
  }

  private interface Attempt {
    void run() throws IOException;
  }

  private ObjectCache.Source source() {
    return new ObjectCache.Source() {
      @Override
      public long bytes() {
        return 2_500;
      }

      @Override
      public InputStream open() throws IOException {
        return store.read("one", 0);
      }
    };
  }

  private byte[] stored(String key) {
    return server.objects.get("/bucket/whorl/" + key);
  }

  private byte[] read(String key) throws IOException {
    try (InputStream in = store.read(key, 0)) {
      return in.readAllBytes();
    }
  }

  private Path file(byte[] content) throws IOException {
    return Files.write(Files.createTempFile(folder, "content", ""), content);
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
