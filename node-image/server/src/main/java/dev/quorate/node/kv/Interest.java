package dev.quorate.node.kv;

import com.google.protobuf.ByteString;

/** Of which keys somebody wants to know the changes. */
public interface Interest {
  boolean covers(ByteString key);

  /** Of a covered key: whether what was there before is wanted too. */
  boolean needsPrevious(ByteString key);
}
