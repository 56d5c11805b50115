package whorl.collector.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gov.loc.repository.bagit.domain.Bag;
import gov.loc.repository.bagit.exceptions.CorruptChecksumException;
import gov.loc.repository.bagit.exceptions.FileNotInManifestException;
import gov.loc.repository.bagit.exceptions.FileNotInPayloadDirectoryException;
import gov.loc.repository.bagit.reader.BagReader;
import gov.loc.repository.bagit.verify.BagVerifier;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks bags with the validator of the Library of Congress. */
class BagValidatorTest {
  @TempDir Path folder;

  private Path bag;

  @BeforeEach
  void unpack() throws Exception {
    bag = SealedBag.unpack(folder);
  }

  @Test
  void bag_isValidAndComplete() throws Exception {
    Bag read = new BagReader().read(bag);

    assertThat(read.getVersion()).hasToString("1.0");
    assertThat(read.getPayLoadManifests())
        .singleElement()
        .satisfies(
            manifest ->
                assertThat(manifest.getFileToChecksumMap().keySet())
                    .contains(bag.resolve("data").resolve(SealedBag.ARTIFACTS.get(2))));
    try (BagVerifier verifier = new BagVerifier()) {
      verifier.isValid(read, false);
      assertThat(BagVerifier.canQuickVerify(read)).isTrue();
      BagVerifier.quicklyVerify(read);
    }
  }

  @Test
  void flippedBit_isFound_inArtifactsAndManifests() throws Exception {
    for (String file :
        new String[] {"data/" + SealedBag.ARTIFACTS.get(0), "data/manifest.json", "bag-info.txt"}) {
      SealedBag.flip(bag.resolve(file));
      assertThatThrownBy(this::validate).as(file).isInstanceOf(CorruptChecksumException.class);
      SealedBag.flip(bag.resolve(file));
    }
    validate();
  }

  @Test
  void extraOrMissingFile_isFound() throws Exception {
    Path more = Files.writeString(bag.resolve("data/more.txt"), "planted");
    assertThatThrownBy(this::validate).isInstanceOf(FileNotInManifestException.class);
    Files.delete(more);
    Files.delete(bag.resolve("data").resolve(SealedBag.ARTIFACTS.get(1)));
    assertThatThrownBy(this::validate).isInstanceOf(FileNotInPayloadDirectoryException.class);
  }

  private void validate() throws Exception {
    try (BagVerifier verifier = new BagVerifier()) {
      verifier.isValid(new BagReader().read(bag), false);
    }
  }
}
