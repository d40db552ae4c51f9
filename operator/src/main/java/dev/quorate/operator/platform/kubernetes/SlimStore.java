package dev.quorate.operator.platform.kubernetes;

import dev.quorate.crds.RaftCluster;
import io.fabric8.kubernetes.api.model.FieldsV1;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.client.informers.cache.BasicItemStore;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What an informer keeps: of each object what is read of it. Most of the memory of a thousand
 * clusters were the lists of who set which field, and the specs of pods.
 *
 * <p>For one informer alone: what one of several lists anew, it would take the others' objects for
 * deleted.
 */
final class SlimStore<R extends HasMetadata> extends BasicItemStore<R> {
  /** Objects of one kind are nearly all made alike; what users add to pods makes a few others. */
  private static final int DIFFERENT_SPECS = 256;

  private final Map<Object, Object> shared = new ConcurrentHashMap<>();

  SlimStore() {
    super(Cache::metaNamespaceKeyFunc);
  }

  @Override
  public R put(String key, R object) {
    slim(object);
    return super.put(key, object);
  }

  private void slim(HasMetadata object) {
    var meta = object.getMetadata();
    var fields = Objects.requireNonNullElse(meta.getManagedFields(), List.<ManagedFieldsEntry>of());
    switch (object) {
      case RaftCluster _ -> meta.setManagedFields(List.of());
      case Pod pod -> {
        meta.setManagedFields(List.of());
        var spec = new PodSpec();
        spec.setNodeName(pod.getSpec() == null ? null : pod.getSpec().getNodeName());
        pod.setSpec(spec);
      }
      // When it was changed is read, not what.
      case PersistentVolumeClaim _ -> fields.forEach(entry -> entry.setFieldsV1(null));
      // Whether they are as wanted is told by the fields that are ours.
      default -> {
        var ours =
            fields.stream()
                .filter(entry -> ServerSideApply.FIELD_MANAGER.equals(entry.getManager()))
                .toList();
        ours.forEach(entry -> share(entry.getFieldsV1()));
        meta.setManagedFields(ours);
      }
    }
  }

  /** The fields of a spec are the same ones for all that are made alike: nobody changes them. */
  private void share(@Nullable FieldsV1 fields) {
    if (fields != null) {
      // Those of the metadata name the owner.
      fields
          .getAdditionalProperties()
          .replaceAll((name, value) -> name.equals("f:metadata") ? value : share(value));
    }
  }

  private Object share(Object fields) {
    var known = shared.get(fields);
    if (known == null && shared.size() < DIFFERENT_SPECS) {
      known = shared.putIfAbsent(fields, fields);
    }
    return known == null ? fields : known;
  }
}
