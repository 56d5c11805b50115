package whorl.agent.hprof;

import whorl.agent.hprof.held.HoldBudget;

/** The shared state of one pass. For the writing thread only. */
record PassState(
    Content content,
    HprofHead head,
    Outlet outlet,
    TopRecords top,
    NameTable names,
    PaddingFrames padding,
    ClassLayouts layouts)
    implements AutoCloseable {

  static PassState of(Content content, HprofHead head, Outlet outlet, HoldBudget budget) {
    NameTable names = new NameTable(head.idBytes(), budget);
    PaddingFrames padding = new PaddingFrames(head.idBytes(), budget);
    TopRecords top = new TopRecords(content, head.idBytes(), outlet, names, padding, budget);
    return new PassState(content, head, outlet, top, names, padding, new ClassLayouts(budget));
  }

  @Override
  public void close() {
    names.close();
    top.close();
  }
}
