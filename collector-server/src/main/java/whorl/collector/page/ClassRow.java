package whorl.collector.page;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One class in the list.
 *
 * @param name null when not even the file has a readable name
 * @param files digests of its class file, or of all class files with its name; each can be viewed
 * @param gone true if the class was unloaded before the classes were listed
 */
record ClassRow(
    @Nullable String name,
    @Nullable String loader,
    @Nullable String codeSource,
    @Nullable String superclass,
    @Nullable List<String> interfaces,
    @Nullable String modifiers,
    boolean hidden,
    @Nullable String module,
    @Nullable String sha256,
    @Nullable String origin,
    @Nullable String generator,
    @Nullable String definedAt,
    @Nullable String request,
    @Nullable List<String> stack,
    List<ClassLine.@Nullable Finding> findings,
    List<String> files,
    boolean gone) {

  /**
   * @param classFiles digests of all class files of this evidence
   */
  static ClassRow of(ClassLine line, Set<String> classFiles) {
    Set<String> files = new LinkedHashSet<>();
    if (line.sha256() != null) {
      files.add(line.sha256());
    } else if (line.keptBytes() != null) {
      files.addAll(line.keptBytes());
    }
    files.retainAll(classFiles);
    return new ClassRow(
        line.name(),
        line.loader(),
        line.codeSource(),
        line.superclass(),
        line.interfaces(),
        line.modifiers(),
        line.hidden(),
        line.module(),
        line.sha256(),
        line.origin(),
        line.generator(),
        line.definedAt(),
        line.request(),
        line.stack(),
        line.findings() == null ? new ArrayList<>() : line.findings(),
        List.copyOf(files),
        false);
  }

  /** Returns a row for a class file without a line in the list. */
  static ClassRow unlisted(String sha256, @Nullable String name) {
    return new ClassRow(
        name,
        null,
        null,
        null,
        null,
        null,
        false,
        null,
        sha256,
        null,
        null,
        null,
        null,
        null,
        List.of(),
        List.of(sha256),
        true);
  }
}
