package whorl.lab.cases;

import java.nio.file.Path;

/** One case: its kind, its name, its folder and what its descriptor says. */
public record LabCase(CaseKind kind, String name, Path folder, CaseDescriptor descriptor) {}
