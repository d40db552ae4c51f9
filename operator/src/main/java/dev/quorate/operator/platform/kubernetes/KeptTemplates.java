package dev.quorate.operator.platform.kubernetes;

import dev.quorate.operator.resource.Labels;
import dev.quorate.operator.resource.TemplateMark;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The pod templates that members of a cluster have or had. Each StatefulSet keeps, in annotations,
 * the template that was made for it, as it was made, and the one that its member may be put back
 * to: so neither another spec nor another operator changes what a member starts from, until it is
 * the member's turn.
 */
record KeptTemplates(Collection<StatefulSet> sets) {
  static final String PRESENT = "quorate.dev/pod-template";
  static final String BEFORE = "quorate.dev/pod-template-before";

  /** What the set's member is to start from. */
  PodTemplateSpec present(StatefulSet set) {
    var actual = set.getSpec().getTemplate();
    var kept = read(set, PRESENT);
    var mark = mark(actual);
    return kept != null && (mark == null || mark.equals(mark(kept))) ? kept : actual;
  }

  @Nullable PodTemplateSpec before(StatefulSet set) {
    return read(set, BEFORE);
  }

  /** A template of this mark for this member, as any set has it; null if none has. */
  @Nullable PodTemplateSpec find(String mark, String member) {
    return Stream.concat(
            sets.stream().map(this::present),
            sets.stream().map(this::before).filter(Objects::nonNull))
        .filter(template -> mark.equals(mark(template)))
        .findFirst()
        .map(template -> forMember(template, member))
        .orElse(null);
  }

  /** The version that most members are to run, if they run the operator's releases. */
  @Nullable String version() {
    return sets.stream()
        .map(set -> TemplateMark.version(set.getSpec().getTemplate()))
        .filter(Objects::nonNull)
        .collect(Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting()))
        .entrySet()
        .stream()
        .max(
            Map.Entry.<String, Long>comparingByValue()
                .thenComparing(Map.Entry.comparingByKey(Comparator.reverseOrder())))
        .map(Map.Entry::getKey)
        .orElse(null);
  }

  /** Makes the set run this template, and keep it, and the one before. */
  void put(StatefulSet desired, PodTemplateSpec template, @Nullable PodTemplateSpec before) {
    var annotations = new TreeMap<String, String>();
    annotations.put(PRESENT, Serialization.asJson(template));
    if (before != null) {
      annotations.put(BEFORE, Serialization.asJson(before));
    }
    desired.getMetadata().setAnnotations(annotations);
    desired.getSpec().setTemplate(template);
  }

  static @Nullable String mark(PodTemplateSpec template) {
    return template.getMetadata() == null ? null : TemplateMark.on(template.getMetadata());
  }

  /** The templates of a cluster's members are the same but for the member's name in a label. */
  private PodTemplateSpec forMember(PodTemplateSpec template, String member) {
    var copy = Serialization.clone(template);
    copy.getMetadata().getLabels().put(Labels.MEMBER, member);
    return copy;
  }

  /** Null also for what somebody made unreadable. */
  private @Nullable PodTemplateSpec read(StatefulSet set, String annotation) {
    var annotations = set.getMetadata().getAnnotations();
    var text = annotations == null ? null : annotations.get(annotation);
    if (text == null) {
      return null;
    }
    try {
      return Serialization.unmarshal(text, PodTemplateSpec.class);
    } catch (RuntimeException _) {
      return null;
    }
  }
}
