package whorl.collector.receive.tus;

import static org.assertj.core.api.Assertions.assertThat;

import io.tus.java.client.TusClient;
import io.tus.java.client.TusURLMemoryStore;
import io.tus.java.client.TusUpload;
import io.tus.java.client.TusUploader;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.PackagedCollector;

/** An independent tus client, on a plain JDK, which cannot send PATCH. */
class TusClientIT {
  private static final int CHUNK_BYTES = 64 << 10;

  @TempDir Path folder;

  @Test
  void tusJavaClient_shipsAPieceOfEvidence_inChunks() throws Exception {
    FakeAgent agent = new FakeAgent().with("console.log", "a line\n".repeat(50_000)).seal();
    try (PackagedCollector collector = new PackagedCollector(folder.resolve("collector"))) {
      TusClient client = new TusClient();
      client.setUploadCreationURL(URI.create(collector.url() + "/agent/v1/uploads").toURL());
      client.setHeaders(Map.of("Authorization", "Bearer " + collector.token("agent")));
      client.enableResuming(new TusURLMemoryStore());

      upload(
          client, agent, "console.log", "a line\n".repeat(50_000).getBytes(StandardCharsets.UTF_8));
      upload(client, agent, "manifest.json", agent.manifestJson());
      upload(client, agent, "manifest.dsse.json", agent.envelopeJson());

      assertThat(collector.get("/api/v1/evidence/" + agent.evidence).path("state").asText())
          .isEqualTo("sealed");
      assertThat(
              collector
                  .get("/api/v1/evidence/" + agent.evidence + "/verify")
                  .path("verified")
                  .asBoolean())
          .isTrue();
    }
  }

  private static void upload(TusClient client, FakeAgent agent, String name, byte[] content)
      throws Exception {
    TusUpload upload = new TusUpload();
    upload.setInputStream(new ByteArrayInputStream(content));
    upload.setSize(content.length);
    upload.setFingerprint(name);
    upload.setMetadata(
        Map.of(
            "agent", agent.id.value(),
            "capture", agent.capture.value(),
            "evidence", agent.evidence.value(),
            "artifact", name,
            "mediaType", "text/plain"));
    TusUploader uploader = client.resumeOrCreateUpload(upload);
    uploader.setChunkSize(CHUNK_BYTES);
    int sent = uploader.uploadChunk();
    while (sent > -1) {
      sent = uploader.uploadChunk();
    }
    uploader.finish();
  }
}
