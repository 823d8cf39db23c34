// One sentence for a request under way.

import type { GenerationView } from '$/lib/ipc/generated/api';
import type { I18n } from './i18n.svelte';

export function progressText(t: I18n['t'], request: GenerationView): string {
  if (request.cancel_requested) return t('status.cancelling');
  const progress = request.progress;
  if (request.status !== 'processing' || progress === null) return t(`status.${request.status}`);
  const { step, steps, image, images } = progress;
  return images > 1 ? t('tile.image_step', { image, images, step, steps }) : t('tile.step', { step, steps });
}
