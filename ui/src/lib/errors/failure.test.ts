import { expect, test } from 'vitest';
import { failureText } from './failure';

test('codes of the worker have sentences, unknown ones the general one', () => {
  expect(failureText('worker_lost')).toBe('failure.interrupted');
  expect(failureText('unknown_provider')).toBe('failure.unavailable');
  expect(failureText('invalid_size')).toBe('failure.as_asked');
  expect(failureText('content_filtered')).toBe('failure.filtered');
  expect(failureText('loras_not_loaded')).toBe('failure.loras');
  expect(failureText('a code of next year')).toBe('failure.general');
  expect(failureText(null)).toBe('failure.general');
});
