package dev.quorate.operator.platform;

import org.jspecify.annotations.Nullable;

/**
 * One member as the platform sees it; every fact may be unknown.
 *
 * @param address where it listens; null while the platform has given it none
 * @param template what it was made from
 * @param ready the platform lets clients reach it; where nobody asks that, it is true while it runs
 * @param volumeFit whether its volume is what the spec asks for
 * @param machine where it runs
 * @param hindrance why it will not come back by itself
 * @param detail what the platform has to say for people, such as why it does not start; else empty
 */
public record ObservedMember(
    String name,
    @Nullable MemberAddress address,
    ProcessState process,
    Template template,
    boolean ready,
    VolumeState volume,
    VolumeFit volumeFit,
    Machine machine,
    Hindrance hindrance,
    String detail) {

  /** One that nothing keeps from running, as far as the platform can tell. */
  public ObservedMember(
      String name,
      @Nullable MemberAddress address,
      ProcessState process,
      Template template,
      boolean ready,
      VolumeState volume,
      VolumeFit volumeFit,
      Machine machine,
      String detail) {
    this(
        name,
        address,
        process,
        template,
        ready,
        volume,
        volumeFit,
        machine,
        Hindrance.NONE,
        detail);
  }

  /** The same with its volume compared with something else. */
  public ObservedMember withVolumeFit(VolumeFit other) {
    return new ObservedMember(
        name, address, process, template, ready, volume, other, machine, hindrance, detail);
  }

  public MachineState machineState() {
    return machine.state();
  }

  /**
   * The machine that a member runs on.
   *
   * @param name of the node; null while the member runs nowhere
   * @param zone machines of one zone are likely to fail together; null where nothing is known of
   *     zones
   */
  public record Machine(@Nullable String name, @Nullable String zone, MachineState state) {
    /** The member runs nowhere, or the platform has only one machine. */
    public static final Machine NONE = new Machine(null, null, MachineState.NONE);
  }

  /**
   * The pod templates of a member, by their marks.
   *
   * @param running what the pod that is there was made from; null if there is none
   * @param ordered what the next one is made from; null if nothing is ordered
   */
  public record Template(@Nullable String running, @Nullable String ordered) {
    public static final Template NONE = new Template(null, null);

    /** Stands for that of a pod that somebody took the mark from. */
    public static final String UNMARKED = "unmarked";

    /** What runs was made from nobody knows what. */
    public boolean unmarked() {
      return UNMARKED.equals(running);
    }

    /** There is nothing that was made from a template. */
    public boolean unknown() {
      return running == null && ordered == null;
    }

    /** Whether anything there is was made, or will be, from this one. */
    public boolean has(String mark) {
      return mark.equals(running) || mark.equals(ordered);
    }

    /** Whether all there is was made, or will be, from this one. */
    public boolean is(String mark) {
      return !unknown()
          && (running == null || running.equals(mark))
          && (ordered == null || ordered.equals(mark));
    }
  }

  /** The member's process or pod. */
  public enum ProcessState {
    /** There is none and nobody but the operator starts one. */
    ABSENT,
    /** Ordered, not running yet: waits for a machine, a volume, an image, or its turn. */
    STARTING,
    /** It runs, as far as the platform can see; whether it is well only it can tell. */
    RUNNING,
    /** It is being ended. */
    STOPPING,
    /** It ended by itself too often; the platform starts it again later. */
    FAILED,
    /** The platform cannot tell, for example because the machine does not answer. */
    UNKNOWN
  }

  /** The member's volume. */
  public enum VolumeState {
    /** There is none, or the one that was there is being deleted. */
    ABSENT,
    PRESENT,
    /** It is known to be gone for good, with the data that was on it. */
    LOST,
    UNKNOWN
  }

  /**
   * What keeps a member from running until somebody or something else mends it. It says nothing of
   * how long that takes: a machine that does not answer may do so in a minute.
   */
  public enum Hindrance {
    /** Nothing, or nothing that the platform knows of. */
    NONE,
    /** The machine that it is on does not answer, or is gone. */
    MACHINE_LOST,
    /** It waits for a machine, because the one that its volume is on takes nobody. */
    VOLUME_OUT_OF_REACH,
    /** Its process ends by itself again and again. */
    CRASHES,
    /** It was stopped, and nothing starts it until it is created again. */
    ASLEEP
  }

  /** The machine that the member runs on. */
  public enum MachineState {
    /** No machine, or the platform has only one. */
    NONE,
    READY,
    /** About to be emptied: cordoned, or told to go. */
    LEAVING,
    NOT_READY,
    UNKNOWN
  }
}
