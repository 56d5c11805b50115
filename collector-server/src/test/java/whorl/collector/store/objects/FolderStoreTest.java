package whorl.collector.store.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.disk.Disk;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.channel.CaptureState;

class FolderStoreTest extends EvidenceStoreContract {
  @TempDir Path root;

  @Override
  protected EvidenceStore open() throws IOException {
    return FolderStore.open(new DataFolder(root), Disk.LOCAL);
  }

  @Override
  protected void damage(Digest sha256, String content) throws IOException {
    Files.writeString(new DataFolder(root).blob(sha256), content);
  }

  @Test
  void damagedRecord_isReportedByName() throws Exception {
    EvidenceStore store = open();
    store.commit(record("evidence-one", CaptureState.SEALED));
    Files.writeString(new DataFolder(root).record(new Id("evidence-one")), "{");

    assertThatThrownBy(() -> store.record(new Id("evidence-one")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("evidence-one: evidence.json is damaged");
  }

  @Test
  void foreignFolders_areNoEvidence() throws Exception {
    EvidenceStore store = open();
    Files.createDirectories(root.resolve("evidence/UPPER"));
    Files.createDirectories(root.resolve("evidence/evidence-empty"));

    assertThat(store.evidence()).isEmpty();
  }
}
