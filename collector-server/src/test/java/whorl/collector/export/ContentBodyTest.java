package whorl.collector.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert;
import org.junit.jupiter.api.Test;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Response;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.objects.StoredArtifact;
import whorl.collector.testkit.Records;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;

/** Artifacts in an object store whose content somebody has changed, to the same length. */
class ContentBodyTest {
  private static final EvidenceRecord RECORD = Records.of(Instant.EPOCH, "threads.txt", 1);
  private static final byte[] SMALL = "genuine".getBytes(StandardCharsets.UTF_8);
  private static final byte[] LARGE = new byte[(8 << 20) + 100_000];

  @Test
  void changedContent_isNotGivenOut_noPartOfItEither() {
    EvidenceStore store = store("forged!".getBytes(StandardCharsets.UTF_8));

    assertDamaged(() -> ContentBody.of(store, RECORD, artifact(SMALL), 0, SMALL.length));
    assertDamaged(() -> ContentBody.of(store, RECORD, artifact(SMALL), 2, 3));
    assertDamaged(() -> ContentBody.open(store, RECORD, artifact(SMALL)));
  }

  @Test
  void changedLargeContent_isBrokenOff() throws IOException {
    byte[] changed = LARGE.clone();
    changed[17] = 1;
    Response.Body body = ContentBody.of(store(changed), RECORD, artifact(LARGE), 0, LARGE.length);
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    assertDamaged(() -> ((Response.Body.Streamed) body).writer().writeTo(out));
    assertThat(out.size()).isLessThan(LARGE.length);
  }

  /** As wget and curl resume a download that broke off. */
  @Test
  void changedLargeContent_isBrokenOff_alsoForAClientThatAsksForTheRest() throws IOException {
    byte[] changed = LARGE.clone();
    changed[17] = 1;

    for (int from : new int[] {1, LARGE.length - 100_000, LARGE.length - 1}) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      Response.Body body =
          ContentBody.of(store(changed), RECORD, artifact(LARGE), from, LARGE.length - from);

      assertDamaged(() -> ((Response.Body.Streamed) body).writer().writeTo(out));
      assertThat(out.size()).isLessThan(LARGE.length - from);
    }
  }

  @Test
  void rightContent_isGivenOut_wholeAndInParts() throws IOException {
    assertThat(bytes(ContentBody.of(store(SMALL), RECORD, artifact(SMALL), 0, SMALL.length)))
        .isEqualTo(SMALL);
    assertThat(bytes(ContentBody.of(store(SMALL), RECORD, artifact(SMALL), 2, 3)))
        .isEqualTo("nui".getBytes(StandardCharsets.UTF_8));
    assertThat(bytes(ContentBody.of(store(LARGE), RECORD, artifact(LARGE), 0, LARGE.length)))
        .isEqualTo(LARGE);
    assertThat(bytes(ContentBody.of(store(LARGE), RECORD, artifact(LARGE), 5, LARGE.length - 6L)))
        .hasSize(LARGE.length - 6);
    byte[] numbered = LARGE.clone();
    new Random(1).nextBytes(numbered);
    int from = numbered.length - 70_000;
    assertThat(bytes(ContentBody.of(store(numbered), RECORD, artifact(numbered), from, 70_000)))
        .isEqualTo(Arrays.copyOfRange(numbered, from, numbered.length));
    assertThat(bytes(ContentBody.of(store(new byte[0]), RECORD, artifact(new byte[0]), 0, 0)))
        .isEmpty();
  }

  private static void assertDamaged(ThrowableAssert.ThrowingCallable reading) {
    assertThatThrownBy(reading)
        .isInstanceOfSatisfying(
            ProblemException.class,
            problem -> assertThat(problem.title()).isEqualTo("content is damaged"))
        .hasMessageContainingAll(RECORD.id().value(), "threads.txt");
  }

  private static byte[] bytes(Response.Body body) throws IOException {
    if (body instanceof Response.Body.Bytes bytes) {
      return bytes.content();
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ((Response.Body.Streamed) body).writer().writeTo(out);
    return out.toByteArray();
  }

  private static StoredArtifact artifact(byte[] content) {
    return StoredArtifact.arrived(
        new ArtifactName("threads.txt"), content.length, Digest.of(content), "text/plain");
  }

  /** An object store that has these bytes, whatever is asked for. */
  private static EvidenceStore store(byte[] content) {
    return (EvidenceStore)
        Proxy.newProxyInstance(
            ContentBodyTest.class.getClassLoader(),
            new Class<?>[] {EvidenceStore.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "read" -> {
                    int from = (int) (long) (Long) arguments[1];
                    yield new ByteArrayInputStream(
                        Arrays.copyOfRange(content, from, content.length));
                  }
                  case "holds" -> true;
                  case "localFile" -> null;
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }
}
